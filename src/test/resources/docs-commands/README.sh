before_minute() { rm disk.raw && mkdir rootfs && fill rootfs/file 0 3M; }
with_minute="s|/usr/share/doc|rootfs|"
after_minute() { image_of disk.raw "$there/disk.qcow2"; }

# 64 KiB of data on a disk of 1 MiB
before_measure() { rm disk.raw && truncate -s 1M disk.raw && fill disk.raw 0 64K; }
after_measure() { [ "$(qcow2-to-stdout disk.raw | wc -c)" = 393216 ]; }

after_parts() { cat part* > disk.qcow2 && image_of disk.raw disk.qcow2; }

with_range='s/10G/1M/'
after_range() {
  { head -c 1M < <(qcow2-to-stdout disk.raw); cat received; } > disk.qcow2
  image_of disk.raw disk.qcow2
}
