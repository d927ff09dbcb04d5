# 640 clusters of data
before_parts() { rm disk.raw && truncate -s 64M disk.raw && fill disk.raw 0 40M; }
after_parts() { { head -c 20000000 < <(qcow2-to-stdout disk.raw); cat received; } > disk.qcow2 && image_of disk.raw disk.qcow2; }
