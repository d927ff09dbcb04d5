package io.github.qcow2tostdout.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where QEMU finds the parts of a disk. */
public final class QemuMap {
  private static final Pattern ROW =
      Pattern.compile(
          "\"start\": (\\d+), \"length\": (\\d+), \"depth\": (\\d+),"
              + " (?:\"present\": \\w+, )?\"zero\": (\\w+), \"data\": (\\w+)");

  private QemuMap() {}

  /**
   * The rows of {@code qemu-img map}, each as {@code start+length} and what is there: {@code data},
   * {@code zero}, or {@code backing} for what is found in a file below.
   */
  public static List<String> of(Path image) throws IOException, InterruptedException {
    String json = Tool.QEMU_IMG.runWell("map", "-f", "qcow2", "--output=json", image);
    List<String> rows = new ArrayList<>();
    for (Matcher row = ROW.matcher(json); row.find(); ) {
      String what =
          !row.group(3).equals("0") ? "backing" : row.group(5).equals("true") ? "data" : "zero";
      rows.add(row.group(1) + "+" + row.group(2) + " " + what);
    }
    return rows;
  }
}
