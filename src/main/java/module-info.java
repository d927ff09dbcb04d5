/**
 * Writes disks as qcow2 images, and reads these. The library is the exported package; what the
 * command line needs besides is of no use to it, and need not be there.
 */
module io.github.qcow2tostdout {
  requires static com.fasterxml.jackson.core;
  requires static info.picocli;
  requires static org.slf4j;

  exports io.github.qcow2tostdout.api;
}
