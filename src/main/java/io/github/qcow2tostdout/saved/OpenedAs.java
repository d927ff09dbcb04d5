package io.github.qcow2tostdout.saved;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * In what way the disk of a plan was read, which is how it is read again unless something else is
 * said.
 *
 * <pre>
 * text  format           8  offset        1  whether a length follows: then 8 bytes
 * text  the snapshot, behind a 1; or nothing behind a 0      4  checksum
 * </pre>
 *
 * @param format as QEMU calls it
 * @param offset where in it the disk begins
 * @param length bytes of it from there, if that was said
 * @param snapshot whose disk it is, if not the present one
 */
public record OpenedAs(
    String format, long offset, OptionalLong length, Optional<String> snapshot) {
  void write(PlanOutput out) throws IOException {
    out.text(format);
    out.u64(offset);
    out.u8(length.isPresent() ? 1 : 0);
    if (length.isPresent()) {
      out.u64(length.getAsLong());
    }
    out.u8(snapshot.isPresent() ? 1 : 0);
    if (snapshot.isPresent()) {
      out.text(snapshot.get());
    }
    out.checksum();
  }

  static OpenedAs read(PlanInput in) throws IOException {
    String format = in.text();
    long offset = in.u63();
    OptionalLong length = there(in) ? OptionalLong.of(in.u63()) : OptionalLong.empty();
    Optional<String> snapshot = there(in) ? Optional.of(in.text()) : Optional.empty();
    in.checksum();
    return new OpenedAs(format, offset, length, snapshot);
  }

  private static boolean there(PlanInput in) throws IOException {
    int flag = in.u8();
    if (flag > 1) {
      throw in.damaged("the flag before byte " + in.position() + " is " + flag);
    }
    return flag == 1;
  }
}
