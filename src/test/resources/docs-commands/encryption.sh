# decrypt KEY IMAGE: the disk, as QEMU reads it
decrypt() {
  qemu-img convert --object "secret,id=s,file=$1" --image-opts "driver=qcow2,encrypt.key-secret=s,file.filename=$2" -O raw decrypted
}
# QEMU's check of such an image takes the key, and the time that this takes. Once is enough.
sound() { qcow2-to-stdout check --strict -q "$1"; }
key() { printf %s "$1" > "$1"; }

before_luks() {
  key key
  qcow2-to-stdout --encrypt --key-file key disk.raw > "$there/disk.qcow2"
  cp disk.raw original
}
with_luks='s|/dev/vdb|vdb|'
after_luks() {
  sound disk.qcow2
  # The last command has made it, QEMU's.
  cmp original disk.raw
  cmp original vdb
  image_of original plain.qcow2
}

before_new_key() { key old; key new; qcow2-to-stdout --encrypt --key-file old disk.raw > disk.qcow2; }
after_new_key() {
  sound new.qcow2 && decrypt new new.qcow2 && cmp disk.raw decrypted
  qemu-img check -q --object secret,id=s,file=new --image-opts driver=qcow2,encrypt.key-secret=s,file.filename=new.qcow2
}

before_resume() { key key; }
with_resume='s/ > disk.qcow2 .*breaks.*/ | head -c 2500000 > disk.qcow2 || true/'
after_resume() { [ "$(stat -c %s disk.qcow2)" -gt 2500000 ] && sound disk.qcow2 && decrypt key disk.qcow2 && cmp disk.raw decrypted; }

before_header() { key key; }
after_header() {
  qcow2-to-stdout --encrypt --key-file key --luks-header header.qcow2 disk.raw > disk.qcow2
  grep -qx "sha256: $(sha256sum < disk.qcow2 | cut -c -64)" "$out"
}
