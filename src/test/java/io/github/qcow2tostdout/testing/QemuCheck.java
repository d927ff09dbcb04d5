package io.github.qcow2tostdout.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What qemu-img says of an image.
 *
 * @param code its exit code
 * @param figures the numbers of its JSON, without those that are 0
 * @param err what it wrote to standard error
 */
public record QemuCheck(int code, Map<String, Long> figures, String err) {
  private static final Pattern NUMBER = Pattern.compile("\"([a-z-]+)\": (\\d+)");

  /** Runs {@code qemu-img check}. */
  public static QemuCheck of(Path image) throws IOException, InterruptedException {
    Outcome outcome = Tool.QEMU_IMG.run("check", "--output=json", image);
    return new QemuCheck(outcome.code(), figures(outcome.out()), outcome.err());
  }

  /** The numbers of such a report. */
  public static Map<String, Long> figures(String json) {
    Map<String, Long> figures = new TreeMap<>();
    int end = json.indexOf("\"findings\"");
    Matcher matcher = NUMBER.matcher(end < 0 ? json : json.substring(0, end));
    while (matcher.find()) {
      if (!matcher.group(2).equals("0")) {
        figures.put(matcher.group(1), Long.parseLong(matcher.group(2)));
      }
    }
    return figures;
  }
}
