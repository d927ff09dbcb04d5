package io.github.qcow2tostdout.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.qcow2tostdout.testing.Disks;
import io.github.qcow2tostdout.testing.Outcome;
import io.github.qcow2tostdout.testing.RecipeShell;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Recipes of docs/uploading.md for receivers that can't be had here. What stands in for each of
 * them demands what its source demands (it is cited there), and keeps what it gets.
 */
@Timeout(60)
final class StandInsIT {
  @TempDir Path directory;
  private RecipeShell shell;
  private HttpServer server;
  private byte[] image;
  private URI uri = URI.create("/");
  private byte[] got = {};
  private Map<String, String> fields = new HashMap<>();

  @BeforeEach
  void start() throws Exception {
    shell = new RecipeShell(directory);
    Disks.full(shell.here().resolve("disk.raw"), 3 << 20);
    shell.runWell("qcow2-to-stdout disk.raw > image");
    image = Files.readAllBytes(shell.here().resolve("image"));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    shell.set("TOKEN", "secret");
    shell.set("SESSION", "secret");
    shell.set("OS_TOKEN", "secret");
    for (String name : new String[] {"GLANCE", "HARVESTER", "XAPI", "PROXMOX"}) {
      shell.set(name, "http://127.0.0.1:" + server.getAddress().getPort());
    }
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** What a receiver says to a request whose body it has read: empty, or what is wrong. */
  @FunctionalInterface
  private interface Rule {
    String complaint(HttpExchange exchange, byte[] body) throws IOException;
  }

  private void receive(Rule rule) {
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          uri = exchange.getRequestURI();
          String complaint = rule.complaint(exchange, body);
          byte[] answer = complaint.getBytes(ISO_8859_1);
          exchange.sendResponseHeaders(complaint.isEmpty() ? 200 : 400, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  @Test
  void glance() throws Exception {
    receive((exchange, body) -> {
      got = body;
      return header(exchange, "x-openstack-image-size").equals(Integer.toString(body.length))
              && header(exchange, "Content-Type").equals("application/octet-stream")
              && exchange.getRequestMethod().equals("PUT")
          ? ""
          : "size";
    });
    shell.runWell(RecipeShell.example("glance", "docs/uploading.md"));
    assertEquals("/v2/images/7f1b/file", uri.toString());
    assertEquals(HexFormat.of().formatHex(image), HexFormat.of().formatHex(got));
  }

  @Test
  void glanceRefusesWhatIsCutShort() throws Exception {
    receive((exchange, body) ->
        header(exchange, "x-openstack-image-size").equals(Integer.toString(body.length))
            ? ""
            : "size");
    shell.wrap(
        "qcow2-to-stdout", "[ $1 = measure ] && exec stat -c %s image; exec head -c 1000 image");
    assertNotEquals(0, shell.run(RecipeShell.example("glance", "docs/uploading.md")).code());
  }

  @Test
  void harvester() throws Exception {
    receive((exchange, body) -> {
      Matcher size =
          Pattern.compile("action=upload&size=(\\d+)").matcher(exchange.getRequestURI().getQuery());
      if (!size.matches() || Long.parseLong(size.group(1)) % 512 != 0) {
        return "the uploaded file size should be a multiple of 512 bytes";
      }
      return form(exchange, body, "chunk")
          ? got.length == Long.parseLong(size.group(1)) ? "" : "size"
          : "no form 'chunk'";
    });
    shell.runWell(RecipeShell.example("harvester", "docs/uploading.md"));
    assertEquals("/v1/harvester/harvesterhci.io.virtualmachineimages/default/disk", uri.getPath());
    assertEquals(HexFormat.of().formatHex(image), HexFormat.of().formatHex(got));
  }

  @Test
  void xapi() throws Exception {
    receive((exchange, body) -> {
      got = body;
      return header(exchange, "Transfer-Encoding").isEmpty()
              && header(exchange, "Content-Length").equals(Integer.toString(body.length))
          ? ""
          : "Cannot handle encoding";
    });
    shell.runWell(RecipeShell.example("xapi", "docs/uploading.md"));
    assertEquals("/import_raw_vdi?session_id=secret&vdi=9a3c&format=qcow2", uri.toString());
    assertEquals(HexFormat.of().formatHex(image), HexFormat.of().formatHex(got));
  }

  @Test
  void proxmox() throws Exception {
    receive((exchange, body) ->
        header(exchange, "Transfer-Encoding").isEmpty() && form(exchange, body, "filename")
            ? ""
            : "form");
    shell.runWell(RecipeShell.example("proxmox", "docs/uploading.md"));
    assertEquals("/api2/json/nodes/node1/storage/local/upload", uri.toString());
    assertEquals(HexFormat.of().formatHex(image), HexFormat.of().formatHex(got));
    String sum = shell.runWell("sha256sum < image").substring(0, 64);
    assertEquals(
        Map.of("content", "import", "checksum-algorithm", "sha256", "checksum", sum), fields);
  }

  /** Reads a form whose last part is a file of that name; the others are plain fields. */
  private boolean form(HttpExchange exchange, byte[] body, String file) {
    Matcher type =
        Pattern.compile("multipart/form-data; boundary=(\\w+)")
            .matcher(header(exchange, "Content-Type"));
    assertTrue(type.matches());
    String end = "\r\n--" + type.group(1) + "--\r\n";
    String text = "\r\n" + new String(body, ISO_8859_1);
    assertTrue(text.endsWith(end));
    for (String part :
        text.substring(0, text.length() - end.length()).split("\r\n--" + type.group(1) + "\r\n")) {
      if (part.isEmpty()) {
        continue;
      }
      int behind = part.indexOf("\r\n\r\n");
      Matcher name = Pattern.compile(" name=\"([^\"]*)\"").matcher(part.substring(0, behind));
      assertTrue(name.find());
      if (name.group(1).equals(file)) {
        assertTrue(part.substring(0, behind).contains("; filename=\"disk.raw.qcow2\""));
        got = part.substring(behind + 4).getBytes(ISO_8859_1);
        return true;
      }
      fields.put(name.group(1), part.substring(behind + 4));
    }
    return false;
  }

  @Test
  void formOfWhichTheSizeIsWrongIsNotTaken() throws Exception {
    receive((exchange, body) -> "");
    Outcome outcome =
        shell.run("head -c 1000 image | docs/examples/http/form 2000 f f -- --max-time 2 $XAPI/");
    assertNotEquals(0, outcome.code());
  }
}
