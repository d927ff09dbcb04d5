in_registry="s|docker://registry/|docker://$registry/|"

with_build=$in_registry
after_build() {
  local first=0 second=0 build=${examples}container-disk/build
  # Twice the same, by the digest of what is in the layer.
  "$build" rootfs dir:one && first=$(jq -r '.config.digest' one/manifest.json)
  "$build" rootfs dir:two && second=$(jq -r '.config.digest' two/manifest.json)
  [ "$first" = "$second" ] && [ "$first" != 0 ]
  # The lines of the Containerfile that make disk and image
  sed -nE 's/^RUN (truncate.*)/\1/p; s|^RUN /tool/opt/qcow2-to-stdout/bin/(.*)|\1|p' "${examples}container-disk/Containerfile" |
    sed 's|/rootfs|rootfs|; s|/disk\.|disk.|g' > lines
  [ "$(wc -l < lines)" = 2 ]
  rm disk.raw && bash -e lines
  image_of disk.raw disk.qcow2
  [ "$(debugfs -R 'cat /etc/motd' disk.raw 2> debugfs.err)" = hello ]
}

before_look() {
  mkdir -p rootfs/etc && echo hello > rootfs/etc/motd
  "${examples}container-disk/build" rootfs "docker://$registry/vm:1"
}
with_look=$in_registry
# e2fsck -fn has ended well, or the block would not have.
after_look() { [ "$(tail -n 1 "$out")" = hello ] && grep -q 'root: .* files' "$out"; }
