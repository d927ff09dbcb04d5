package io.github.qcow2tostdout.cli.terminal;

import io.github.qcow2tostdout.cli.terminal.Meter.Reading;
import io.github.qcow2tostdout.report.HumanSize;
import java.util.Locale;

/** Progress in words: as a frame of a bar that fits a terminal, or as a line of a log. */
final class ProgressText {
  /** The narrowest bar that still shows something. */
  private static final int MIN_BAR = 4;

  private ProgressText() {}

  /**
   * One frame. Where there is little room the bar goes first, then the average rate, then the
   * amounts; what is left is the share, the present rate, and the time.
   *
   * @param ended whether it is the last
   * @param width how many characters it has
   */
  static String frame(Reading now, boolean ended, int width) {
    String name = now.phase().name();
    String task = name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    String start =
        now.hasEnd()
            ? String.format(Locale.ROOT, "%-5s %3d%%", task, (int) (now.share() * 100))
            : String.format(Locale.ROOT, "%-5s", task);
    String amount =
        String.format(Locale.ROOT, "%10s", HumanSize.of(now.done()))
            + (now.hasEnd() ? "/" + HumanSize.of(now.total()) : "");
    String rate = ended ? "" : String.format(Locale.ROOT, "%12s", rate(now.present()));
    String average =
        ended
            ? String.format(Locale.ROOT, "%12s", rate(now.rate()))
            : String.format(Locale.ROOT, " avg %10s", rate(now.rate()));
    String time =
        ended || !now.hasEnd() ? " in " + clock(now.seconds()) : " ETA " + clock(now.left());
    String[][] choices = {
      {amount, rate, average, time},
      {amount, rate, ended ? average : "", time},
      {rate, ended ? average : "", time}
    };
    String end = "";
    for (String[] choice : choices) {
      end = String.join("", choice);
      if (start.length() + end.length() <= width) {
        break;
      }
    }
    int room = width - start.length() - end.length() - " []".length();
    String bar = now.hasEnd() && room >= MIN_BAR ? " [" + bar(now.share(), room) + "]" : "";
    return fitted(start + bar + end, width);
  }

  private static String bar(double share, int room) {
    int full = (int) (share * room);
    String head = full < room && full > 0 ? ">" : "";
    return "=".repeat(full - head.length()) + head + " ".repeat(room - full);
  }

  private static String fitted(String frame, int width) {
    return frame.length() > width
        ? frame.substring(0, width)
        : frame + " ".repeat(width - frame.length());
  }

  /** A line that says all. */
  static String line(Reading now) {
    return now.phase().name().toLowerCase(Locale.ROOT)
        + (now.hasEnd() ? " " + (int) (now.share() * 100) + "%" : "")
        + ", "
        + amount(now)
        + ", "
        + rate(now.present())
        + " now, "
        + rate(now.rate())
        + " on average, "
        + (now.hasEnd() ? clock(now.left()) + " left" : clock(now.seconds()) + " so far");
  }

  private static String amount(Reading now) {
    return now.hasEnd()
        ? HumanSize.of(now.done()) + " of " + HumanSize.of(now.total())
        : HumanSize.of(now.done());
  }

  private static String rate(double bytes) {
    return Double.isNaN(bytes) ? "- MiB/s" : HumanSize.of(bytes) + "/s";
  }

  private static String clock(double seconds) {
    if (Double.isNaN(seconds)) {
      return "-:--:--";
    }
    long s = Math.round(seconds);
    return String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  }
}
