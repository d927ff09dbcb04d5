# What the scripts of the pages have in common. A block finds disk.raw, and what before_EXAMPLE makes. with_EXAMPLE is a script
# for sed, for what can't be had under the name that the page uses; code_EXAMPLE is the exit code of a block that says one.

trap 'echo "$BASH_COMMAND: $? (in ${FUNCNAME[0]-the script}, line $LINENO)" >&2' ERR

# fill FILE OFFSET LENGTH: text that compresses, and is nowhere zero
fill() { head -c "$3" < <(yes "the disk of a guest, $2" || true) | dd of="$1" bs=64K seek="$2" oflag=seek_bytes conv=notrunc status=none; }

# A disk with data, holes, and zeroes that are written.
make_disk() {
  rm -f "$1"
  truncate -s 24M "$1"
  fill "$1" 0 1M
  head -c 1M /dev/urandom | dd of="$1" bs=1M seek=9 conv=notrunc status=none
  dd if=/dev/zero of="$1" bs=1M seek=12 count=1 conv=notrunc status=none
  fill "$1" 20M 70000
}

clean() { qemu-img check -q -f qcow2 "$1"; }
identical() { qemu-img compare -q -f raw -F qcow2 "$1" "$2"; }
# An image that nothing is wrong with, of that disk.
image_of() { clean "$2" && identical "$1" "$2"; }

stop() { kill "$(< "$1")"; }

run_example() {
  local name with=with_$example code=code_$example ran=0
  rm -rf "$scratch"/codes "$scratch"/printed.* "$scratch"/out
  find . "$there" -mindepth 1 -delete
  make_disk disk.raw
  if declare -F "before_$example" > /dev/null; then "before_$example"; fi
  sed -E -i "${!with:-}" "$scratch/commands"
  out=$scratch/out
  if "$session"; then
    scratch=$scratch bash -o pipefail "$scratch/commands" || ran=$?
  else
    bash -eo pipefail "$scratch/commands" > "$out" || ran=$?
  fi
  [ "$ran" = "${!code:-0}" ]
  "after_$example"
}
