package io.github.qcow2tostdout.cli.option;

/** The names by which an image calls other files. */
public final class FileName {
  /** What the VM makes of bytes that are no UTF-8. */
  private static final char UNREADABLE = '\uFFFD';

  private FileName() {}

  /**
   * Checks a name that the user gives.
   *
   * @throws IllegalArgumentException with a message for the user, if it is none
   */
  public static String checked(String name, String spelling) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException(spelling + ": the name is empty");
    }
    if (name.indexOf(UNREADABLE) >= 0) {
      throw new IllegalArgumentException(
          spelling + ": the name is not UTF-8; rename the file, or give it a symbolic link");
    }
    return name;
  }

  /**
   * Refuses what is no file but an address, which would lose one of its slashes on the way to "no
   * such file".
   *
   * @param remedy what to type, with URI for the address
   * @throws IllegalArgumentException with a message for the user
   */
  public static String noAddress(String name, String remedy) {
    int colon = name.indexOf("://");
    if (colon <= 0 || !isScheme(name.substring(0, colon))) {
      return name;
    }
    String local = name.substring(colon + 3);
    throw new IllegalArgumentException(
        name
            + ": is an address, which is not opened; "
            + (name.startsWith("file:///")
                ? "say " + local
                : name.startsWith("http") ? "say " + remedy.replace("URI", name) : "give a file"));
  }

  private static boolean isScheme(String word) {
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (!((c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || c == '+')) {
        return false;
      }
    }
    return true;
  }

  /**
   * A name that leads to the same file and that QEMU takes for a file's: {@code a:b} would be
   * {@code b} by the protocol {@code a}.
   */
  public static String inImage(String path) {
    int colon = path.indexOf(':');
    int slash = path.indexOf('/');
    return colon >= 0 && (slash < 0 || colon < slash) ? "./" + path : path;
  }
}
