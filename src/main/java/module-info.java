/** Writes a disk image as qcow2 to standard output. */
module io.github.qcow2tostdout {
  requires com.fasterxml.jackson.core;
  requires info.picocli;
  requires org.slf4j;
}
