before_report() { qcow2-to-stdout disk.raw > disk.qcow2; }
with_report='s/--to disk.qcow2/--to again.qcow2/'
after_report() {
  clean again.qcow2
  cmp <(qcow2-to-stdout check -j disk.qcow2 | jq 'del(.filename)') <(qcow2-to-stdout check -j again.qcow2 | jq 'del(.filename)')
  ! grep -q 'the disk of a guest' again.qcow2
}
