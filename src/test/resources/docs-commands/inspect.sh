after_info() { clean disk.qcow2; }
after_dump() { clean disk.qcow2; }
after_check() { [ "$(stat -c %s disk.qcow2)" = 390000 ]; }
before_stream() { rm disk.raw; }
after_stream() { [ "$(stat -c %s part.qcow2)" = 390000 ] && image_of disk.raw disk.qcow2; }
after_refused() { clean disk.qcow2; }

# What is refused there is sound.
after_policy() { image_of disk.raw disk.qcow2; }

before_jq() { qemu-img convert -c -f raw -O qcow2 disk.raw disk.qcow2; }
after_jq() {
  # What is not compressed is the MiB of random bytes at 9 MiB.
  [ "$(head -n 1 "$out")" = 0 ]
  [ "$(tail -n 1 "$out")" = $(((20 << 20) + 65536)) ] && [ "$(wc -l < "$out")" = 18 ]
}

before_held() {
  qcow2-to-stdout disk.raw > disk.qcow2
  qemu-storage-daemon --blockdev driver=file,node-name=f,filename=disk.qcow2 --blockdev driver=qcow2,node-name=q,file=f \
    --pidfile "$PWD/held.pid" --daemonize
  trap 'stop held.pid' EXIT
}
after_held() { image_of_held=$(qcow2-to-stdout check -U disk.qcow2) && [[ $image_of_held == No\ errors* ]]; }
