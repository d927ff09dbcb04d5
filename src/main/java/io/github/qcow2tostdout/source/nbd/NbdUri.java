package io.github.qcow2tostdout.source.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an NBD export is, as the protocol's uri.md writes it: {@code nbd://host[:port][/export]} or
 * {@code nbd+unix:///[export]?socket=PATH}, with percent-encoding.
 *
 * @param text as the user gave it
 * @param socket the Unix socket, if it is one
 * @param host name or address otherwise; an IPv6 address without brackets
 * @param port of TCP
 * @param export name of the export; empty for the server's default
 */
public record NbdUri(String text, Optional<Path> socket, String host, int port, String export) {
  /** What IANA has assigned. */
  private static final int DEFAULT_PORT = 10809;

  private static final Pattern MEANT = Pattern.compile("(?is)nbds?(?:\\+[a-z0-9]*)?:.*");
  private static final Pattern URI =
      Pattern.compile("([^:]+)://([^/?#]*)(?:/([^?#]*))?(?:\\?([^#]*))?(#.*)?", Pattern.DOTALL);
  private static final Pattern AUTHORITY =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+(?:%25[^\\]]+)?)\\]|([^:\\[\\]@]*))(?::(\\d{0,6}))?");
  private static final int MAX_PORT = 65535;

  /** Whether a name of a disk is one of these, right or wrong, and no file's. */
  public static boolean isMeant(String name) {
    return MEANT.matcher(name).matches();
  }

  /**
   * Takes one apart.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  public static NbdUri parse(String text) {
    Matcher uri = URI.matcher(text);
    if (!uri.matches()) {
      throw wrong(
          text,
          "is no URI of an export; write nbd://HOST[:PORT]/EXPORT or"
              + " nbd+unix:///EXPORT?socket=PATH, or ./nbd:... for a file of that name");
    }
    String scheme = uri.group(1).toLowerCase(Locale.ROOT);
    boolean unix = scheme.equals("nbd+unix");
    if (scheme.startsWith("nbds")) {
      throw wrong(text, "NBD over TLS is not there yet; use nbd: through a tunnel of ssh");
    }
    if (!unix && !scheme.equals("nbd")) {
      throw wrong(text, "can't be reached this way; allowed: nbd:, nbd+unix:");
    }
    if (uri.group(5) != null) {
      throw wrong(text, "has a fragment; write %23 for # in a name");
    }
    Optional<Path> socket = socket(text, Optional.ofNullable(uri.group(4)));
    if (unix != socket.isPresent()) {
      throw wrong(
          text,
          unix
              ? "names no socket; write nbd+unix:///EXPORT?socket=PATH"
              : "names a socket; write nbd+unix:///EXPORT?socket=PATH for one");
    }
    if (unix && !uri.group(2).isEmpty()) {
      throw wrong(text, "a Unix socket has no host; write nbd+unix:///EXPORT with three slashes");
    }
    Matcher authority = AUTHORITY.matcher(uri.group(2));
    if (!authority.matches()) {
      throw wrong(
          text,
          uri.group(2).contains("@")
              ? "has a user's name, which only TLS has a use for; leave it out"
              : "has no host that could be understood; write HOST, HOST:PORT or [IPV6]:PORT");
    }
    Optional<String> path = Optional.ofNullable(uri.group(3));
    return new NbdUri(
        text,
        socket,
        host(text, authority),
        port(text, Optional.ofNullable(authority.group(3))),
        path.isPresent() ? decoded(text, path.get()) : "");
  }

  /** The place without the export, for messages. */
  String server() {
    return socket.isPresent() ? socket.get().toString() : host + " port " + port;
  }

  private static Optional<Path> socket(String text, Optional<String> query) {
    Optional<Path> socket = Optional.empty();
    for (String parameter : query.orElse("").split("&", -1)) {
      int equals = parameter.indexOf('=');
      String key = equals < 0 ? parameter : parameter.substring(0, equals);
      if (!key.equals("socket")) {
        if (parameter.isEmpty()) {
          continue;
        }
        throw wrong(text, "has the parameter " + key + ", which is not known; allowed: socket");
      }
      String value = equals < 0 ? "" : decoded(text, parameter.substring(equals + 1));
      if (value.isEmpty() || socket.isPresent()) {
        throw wrong(text, "names no socket, or several; write socket=PATH once");
      }
      try {
        socket = Optional.of(Path.of(value));
      } catch (InvalidPathException e) {
        throw wrong(text, "names a socket that can't be: " + e.getReason());
      }
    }
    return socket;
  }

  private static String host(String text, Matcher authority) {
    if (authority.group(1) != null) {
      return decoded(text, authority.group(1));
    }
    String host = decoded(text, authority.group(2));
    return host.isEmpty() ? "localhost" : host;
  }

  private static int port(String text, Optional<String> digits) {
    if (digits.orElse("").isEmpty()) {
      return DEFAULT_PORT;
    }
    int port = Integer.parseInt(digits.get());
    if (port < 1 || port > MAX_PORT) {
      throw wrong(text, "has no port that could be; allowed: 1 to " + MAX_PORT);
    }
    return port;
  }

  private static String decoded(String text, String part) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int at = 0; at < part.length(); ) {
      int character = part.codePointAt(at);
      if (character == '%') {
        bytes.write(hex(text, part, at + 1));
        at += 3;
      } else {
        bytes.writeBytes(Character.toString(character).getBytes(UTF_8));
        at += Character.charCount(character);
      }
    }
    try {
      String decoded = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
      if (decoded.indexOf('\0') < 0 && decoded.indexOf('\uFFFD') < 0) {
        return decoded;
      }
    } catch (CharacterCodingException e) {
      // Said below.
    }
    throw wrong(text, "holds bytes that are not UTF-8, or a zero");
  }

  private static int hex(String text, String part, int at) {
    int high = at + 1 < part.length() ? Character.digit(part.charAt(at), 16) : -1;
    int low = at + 1 < part.length() ? Character.digit(part.charAt(at + 1), 16) : -1;
    if (high < 0 || low < 0) {
      throw wrong(text, "has a % without two hexadecimal digits; write %25 for % itself");
    }
    return high << 4 | low;
  }

  private static IllegalArgumentException wrong(String text, String what) {
    return new IllegalArgumentException(text + ": " + what);
  }
}
