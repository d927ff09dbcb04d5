package io.github.qcow2tostdout.report;

/** Numbers of bytes for people: three digits, and a unit of a power of 1024. */
public final class HumanSize {
  private static final String PREFIXES = "KMGTPE";

  private HumanSize() {}

  /**
   * The number as people take it in: {@code 1.31 MiB}.
   *
   * @param bytes not negative
   */
  public static String of(long bytes) {
    return of((double) bytes);
  }

  /** The same of a number that need not be whole, such as a rate. */
  public static String of(double bytes) {
    int unit = 0;
    double number = bytes;
    // What is rounded up to 1024 is 1 of the next.
    while (Math.round(number) >= 1024 && unit < PREFIXES.length()) {
      number /= 1024;
      unit++;
    }
    return unit == 0
        ? Math.round(number) + (Math.round(number) == 1 ? " byte" : " bytes")
        : rounded(number) + " " + PREFIXES.charAt(unit - 1) + "iB";
  }

  /** With bytes, where people may want to reckon: {@code 1.31 MiB (1376256 bytes)}. */
  public static String withBytes(long bytes) {
    return bytes < 1024 ? of(bytes) : of(bytes) + " (" + bytes + " bytes)";
  }

  private static String rounded(double number) {
    int power = number < 9.995 ? 100 : number < 99.95 ? 10 : 1;
    long scaled = Math.round(number * power);
    long fraction = scaled % power;
    if (fraction == 0) {
      return Long.toString(scaled / power);
    }
    boolean tenths = power == 10 || fraction % 10 == 0;
    String digits = power == 100 && tenths ? Long.toString(fraction / 10) : Long.toString(fraction);
    return scaled / power + (power == 100 && !tenths && fraction < 10 ? ".0" : ".") + digits;
  }
}
