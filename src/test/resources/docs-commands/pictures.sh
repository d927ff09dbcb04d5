before_draw() { qcow2-to-stdout disk.raw > disk.qcow2; }
after_draw() {
  python3 -c 'import sys, xml.dom.minidom as x; [x.parse(f) for f in sys.argv[1:]]' disk.svg planned.svg z.svg
  grep -q '<svg' disk.html
  ! cmp -s disk.svg planned.svg
  grep -qi compressed z.svg
}
