before_part() { truncate -s 22G sda && fill sda 0 1M && fill sda 5M 300K; }
with_part='s|/dev/sda|sda|'
after_part() {
  clean part.qcow2
  qemu-img compare -q --image-opts driver=raw,offset=1048576,size=21474836480,file.filename=sda driver=qcow2,file.filename=part.qcow2
}

# rbd tells where disk.raw has data.
before_rbd() {
  printf '#!/bin/sh\n[ "$*" = "diff --format=json pool/disk" ] && cat <<END\n%s\nEND\n' \
    '[{"offset":0,"length":1048576,"exists":"true"},{"offset":9437184,"length":12582912,"exists":"true"}]' > rbd
  chmod +x rbd
  PATH=$PWD:$PATH
}
with_rbd='s|/dev/rbd0|disk.raw|'
after_rbd() { image_of disk.raw disk.qcow2; }

before_map() { cp --sparse=always disk.raw "$there/disk.raw"; }
with_map='s|/srv/||; s|/dev/mapper/disk|disk.raw|'
after_map() { image_of disk.raw disk.qcow2; }

before_nbd() {
  local port
  port=$(free-port)
  nbdkit -P "$PWD/tcp.pid" -i 127.0.0.1 -p "$port" -e disk file disk.raw
  nbdkit -P "$PWD/unix.pid" -U "$PWD/disk.sock" file disk.raw
  trap 'stop tcp.pid; stop unix.pid' EXIT
  with_nbd="s|//host/disk|//127.0.0.1:$port/disk|; s|/run/disk.sock|$PWD/disk.sock|"
}
after_nbd() { image_of disk.raw disk.qcow2 && image_of disk.raw "$there/disk.qcow2"; }

before_qcow2() {
  qcow2-to-stdout disk.raw > below.qcow2
  qemu-img create -q -f qcow2 -b below.qcow2 -F qcow2 top.qcow2
  qemu-io -f qcow2 -c 'write -q -P 7 5M 100k' top.qcow2
  qcow2-to-stdout -z disk.raw > old.qcow2
  cp below.qcow2 disk.qcow2
  qemu-img snapshot -c before disk.qcow2
  qemu-io -f qcow2 -c 'write -q -P 9 6M 100k' disk.qcow2
  cp old.qcow2 "$there/cloud.qcow2"
}
after_qcow2() {
  clean flat.qcow2
  qemu-img compare -q top.qcow2 flat.qcow2
  ! qemu-img info flat.qcow2 | grep -q backing
  for image in smaller.qcow2 then.qcow2 disk.qcow2; do image_of disk.raw "$image"; done
}

before_salvage() { qcow2-to-stdout disk.raw | head -c -100000 > broken.qcow2; }
code_salvage=3
after_salvage() {
  clean whole.qcow2
  [ "$(jq '.lost | length' lost.json)" -gt 0 ]
  cmp -n $((20 << 20)) disk.raw <(qcow2-to-stdout restore whole.qcow2)
}

before_vmdk() { qemu-img convert -f raw -O vmdk disk.raw disk.vmdk; }
after_vmdk() { image_of disk.raw disk.qcow2; }

before_untrusted() { before_qcow2; }
# It names a backing file: exit code 2.
with_untrusted='s/# what does it name.*/|| [ $? = 2 ]/'
after_untrusted() {
  grep -q 'untrusted-backing-file.*below.qcow2' "$out"
  qemu-img compare -q top.qcow2 flat.qcow2
}
