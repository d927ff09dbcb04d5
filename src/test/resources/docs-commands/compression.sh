after_compressed() {
  image_of disk.raw "$there/disk.qcow2"
  image_of disk.raw disk.qcow2
  [ "$(qemu-img info --output=json disk.qcow2 | jq -r '.["format-specific"].data["compression-type"]')" = zstd ]
  grep -qx "required size: $(stat -c %s "$there/disk.qcow2")" "$out"
}
