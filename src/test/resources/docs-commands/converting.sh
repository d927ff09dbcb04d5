after_sizes() {
  [ "$(cut -d ' ' -f 1 "$out" | paste -sd ' ')" = "4K 64K 1M" ]
  [ "$(grep -oP '^1M \K.*' "$out")" = "$(qcow2-to-stdout -c 1M disk.raw | wc -c)" ]
}

before_delta() {
  cp disk.raw monday.raw && fill monday.raw 3M 100K
  cp disk.raw tuesday.raw && fill tuesday.raw 4M 100K
  cp disk.raw wednesday.raw && fill wednesday.raw 5M 100K
  qcow2-to-stdout monday.raw > monday.qcow2
}
after_delta() {
  for day in tuesday wednesday; do
    image_of $day.raw $day.qcow2
    qemu-img info --output=json $day.qcow2 | jq -e '."backing-filename" == "monday.qcow2"' > jq.out
    [ "$(stat -c %s $day.qcow2)" -lt "$(stat -c %s monday.qcow2)" ]
  done
}

after_data_file() {
  for image in disk.qcow2 raw.qcow2; do
    image_of disk.raw $image
    qemu-img info --output=json $image | jq -e '."format-specific".data."data-file" == "disk.raw"' > jq.out
    [ "$(stat -c %s $image)" -lt 1000000 ]
  done
}
