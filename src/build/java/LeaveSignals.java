import java.io.RandomAccessFile;
import java.nio.file.*;
import java.util.HexFormat;
import jdk.internal.jimage.BasicImageReader;
import jdk.internal.jimage.ImageLocation;

/**
 * Keeps the runtime from handling HUP, INT and TERM before the program does: {@code LeaveSignals
 * <runtime>}, which jlink has made without compression. Where one of them comes while the VM
 * starts, java.lang.Terminator shuts down what is not there yet: the VM prints a trace, and in some
 * runs ends with 1. No option says that the system is to end the process until the program has
 * handlers (-Xrs forbids these too). So {@code Terminator.setup} returns at once, as it does when
 * it has been called before: three bytes of one class file.
 */
public class LeaveSignals {
  private static final String CLASS = "/java.base/java/lang/Terminator.class";

  // getstatic handler; ifnull +4; return; +4: new Terminator$1; dup
  private static final String BEFORE = "b2....c60004b1bb....59";

  // getstatic handler; pop; nop; nop; return; a frame of the verifier's is at +4 as before
  private static final byte[] AFTER = {0x57, 0, 0};

  private static final int BRANCH = 3;

  public static void main(String[] args) throws Exception {
    Path modules = Path.of(args[0], "lib", "modules");
    long start;
    int size;
    try (BasicImageReader image = BasicImageReader.open(modules)) {
      ImageLocation location = image.findLocation(CLASS);
      if (location.getCompressedSize() != 0) throw new IllegalStateException("compressed");
      start = image.getHeader().getIndexSize() + location.getContentOffset();
      size = Math.toIntExact(location.getUncompressedSize());
    }
    try (RandomAccessFile file = new RandomAccessFile(modules.toFile(), "rw")) {
      byte[] code = new byte[size];
      file.seek(start);
      file.readFully(code);
      if (!HexFormat.of().formatHex(code, 0, 4).equals("cafebabe"))
        throw new IllegalStateException("no class file at " + start);
      int at = -1;
      for (int i = 0; i + BEFORE.length() / 2 <= size; i++) {
        String here = HexFormat.of().formatHex(code, i, i + BEFORE.length() / 2);
        if (here.matches(BEFORE)) {
          if (at >= 0) throw new IllegalStateException("two places");
          at = i;
        }
      }
      if (at < 0) throw new IllegalStateException("this JDK has another " + CLASS);
      file.seek(start + at + BRANCH);
      file.write(AFTER);
    }
  }
}
