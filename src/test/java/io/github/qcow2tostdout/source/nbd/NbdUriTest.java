package io.github.qcow2tostdout.source.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NbdUriTest {
  @ParameterizedTest
  @CsvSource({
    "nbd://host,                      host,      10809, ''",
    "nbd://host/,                     host,      10809, ''",
    "nbd://host:99/a,                 host,      99,    a",
    "nbd://host:/a,                   host,      10809, a",
    "NBD://Host_1/a/b,                Host_1,    10809, a/b",
    "nbd://host//disk,                host,      10809, /disk",
    "nbd://host/hello%20world,        host,      10809, hello world",
    "nbd://host/a+b%2B%25%23%3f,      host,      10809, a+b+%#?",
    "nbd://host/sch%C3%B6n,           host,      10809, schön",
    "nbd://host/schön 😀,             host,      10809, schön 😀",
    "nbd://[::1]/x,                   ::1,       10809, x",
    "nbd://[fe80::1%25eth0]:7/x,      fe80::1%eth0, 7,  x",
    "nbd://127.0.0.1:65535/x,         127.0.0.1, 65535, x",
    "nbd:///x,                        localhost, 10809, x",
    "nbd://host/?,                    host,      10809, ''",
  })
  void hostPortAndExport(String text, String host, int port, String export) {
    NbdUri uri = NbdUri.parse(text);
    assertEquals(new NbdUri(text, Optional.empty(), host, port, export), uri);
    assertTrue(NbdUri.isMeant(text));
  }

  @ParameterizedTest
  @CsvSource({
    "nbd+unix:///?socket=/run/s,             /run/s,     ''",
    "nbd+unix://?socket=s,                   s,          ''",
    "nbd+unix:///a/b?socket=/run/a%26b%3D,   /run/a&b=,  a/b",
    "nbd+unix:///%2Fa?socket=/r%20n/s&,      /r n/s,     /a",
  })
  void socketAndExport(String text, Path socket, String export) {
    NbdUri uri = NbdUri.parse(text);
    assertEquals(Optional.of(socket), uri.socket());
    assertEquals(export, uri.export());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nbd:                           | is no URI of an export; write nbd://HOST",
        "nbd:localhost:10809            | is no URI of an export; write nbd://HOST",
        "nbd:unix:/run/s                | or ./nbd:... for a file of that name",
        "nbds://host/x                  | NBD over TLS is not there yet",
        "nbds+unix:///x?socket=s        | NBD over TLS is not there yet",
        "nbd+vsock://2/x                | allowed: nbd:, nbd+unix:",
        "nbd+ssh://host/x               | allowed: nbd:, nbd+unix:",
        "nbd://host:0/x                 | allowed: 1 to 65535",
        "nbd://host:65536/x             | allowed: 1 to 65535",
        "nbd://host:x/x                 | has no host that could be understood",
        "nbd://ho[st/x                  | has no host that could be understood",
        "nbd://::1/x                    | has no host that could be understood",
        "nbd://[::1/x                   | has no host that could be understood",
        "nbd://me@host/x                | has a user's name",
        "nbd://host/x#y                 | write %23 for #",
        "nbd://host/x?socket=s          | write nbd+unix:///EXPORT?socket=PATH for one",
        "nbd://host/x?tls-type=anon     | has the parameter tls-type, which is not known",
        "nbd+unix:///x                  | names no socket",
        "nbd+unix:///x?socket           | names no socket",
        "nbd+unix:///x?socket=          | names no socket",
        "nbd+unix:///x?socket=a&socket=b | names no socket, or several",
        "nbd+unix://x?socket=a          | a Unix socket has no host",
        "nbd://host/%                   | has a % without two hexadecimal digits",
        "nbd://host/%2                  | has a % without two hexadecimal digits",
        "nbd://host/%zz                 | has a % without two hexadecimal digits",
        "nbd://host/%ff                 | bytes that are not UTF-8",
        "nbd://host/%00                 | or a zero",
        "nbd+unix:///?socket=%00a       | or a zero",
      })
  void isRefused(String text, String fragment) {
    assertTrue(NbdUri.isMeant(text));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> NbdUri.parse(text));
    assertTrue(e.getMessage().startsWith(text + ": "), e::getMessage);
    assertTrue(e.getMessage().contains(fragment), e::getMessage);
  }

  @ParameterizedTest
  @CsvSource({"disk.raw", "./nbd:x", "/nbd:x", "nbd", "nbd.raw", "nbdx:y", "a nbd:x", "nbd+a b:c"})
  void isAFile(String name) {
    assertEquals(false, NbdUri.isMeant(name));
  }
}
