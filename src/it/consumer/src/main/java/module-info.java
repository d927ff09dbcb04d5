/** A program that needs one library. */
module consumer {
  requires io.github.qcow2tostdout;
}
