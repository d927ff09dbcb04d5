/** Writes a disk image as qcow2 to standard output. */
module io.github.qcow2tostdout {
  requires info.picocli;
  requires me.tongfei.progressbar;
  requires org.slf4j;
}
