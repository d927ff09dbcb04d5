before_first() { rm disk.raw; }
after_first() { image_of disk.raw disk.qcow2 && [ "$(debugfs -R 'cat /motd' disk.raw 2> debugfs.err)" = hello ]; }

after_send() { image_of disk.raw "$there/disk.qcow2"; }

before_back() { qcow2-to-stdout -z disk.raw > "$there/disk.qcow2"; }
after_back() { cmp disk.raw again.raw; }
