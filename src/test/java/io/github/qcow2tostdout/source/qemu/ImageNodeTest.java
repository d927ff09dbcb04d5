package io.github.qcow2tostdout.source.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNodeTest {
  private static final Path DIRECTORY = Path.of("/tmp/child");
  private static final String NODE =
      "{\"driver\":\"vdi\",\"node-name\":\"image\",\"read-only\":true,"
          + "\"file\":{\"driver\":\"file\",\"filename\":\"/a b/c,d:e.vdi\"}}";

  private static String node(String name, String format) {
    return ImageNode.alone(format, Path.of(name), file(name)).json(DIRECTORY, false);
  }

  private static ImageNode.FileNode file(String name) {
    return new ImageNode.FileNode("file", Path.of(name));
  }

  @Test
  void nodeIsReadOnlyAndAnyNameIsOneString() {
    assertEquals(NODE, node("/a b/c,d:e.vdi", "vdi"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/a\"b | /a\\\"b",
        "/a\\b | /a\\\\b",
        "/a,,b=c:d | /a,,b=c:d",
        "/ä東😀 | /ä東😀",
        "/%s | /%s"
      })
  void nameIsEscapedAsJsonWantsIt(String name, String escaped) {
    String node = node(name, "raw");
    assertEquals(
        "{\"driver\":\"raw\",\"node-name\":\"image\",\"read-only\":true,"
            + "\"file\":{\"driver\":\"file\",\"filename\":\""
            + escaped
            + "\"}}",
        node);
  }

  @Test
  void controlCharactersAreEscaped() {
    String node =
        ImageNode.alone(
                "raw",
                Path.of("x"),
                new ImageNode.FileNode("host_device", Path.of("/a\nb\tc\u0001")))
            .json(DIRECTORY, false);
    assertEquals(
        "{\"driver\":\"raw\",\"node-name\":\"image\",\"read-only\":true,"
            + "\"file\":{\"driver\":\"host_device\",\"filename\":\"/a\\u000ab\\u0009c\\u0001\"}}",
        node);
  }

  @ParameterizedTest
  @ValueSource(strings = {"qcow", "qcow2", "qed", "vmdk"})
  void whatIsNotSaidIsNotOpened(String format) {
    assertEquals(
        "{\"driver\":\""
            + format
            + "\",\"node-name\":\"image\",\"read-only\":true,"
            + "\"file\":{\"driver\":\"file\",\"filename\":\"/a\"},\"backing\":null}",
        node("/a", format));
  }

  @Test
  void backingFilesAndDataFilesAreNodesToo() {
    ImageNode base =
        new ImageNode(
            "qcow2", Path.of("/b"), file("/b"), Optional.empty(), Optional.of(file("/data")));
    ImageNode top =
        new ImageNode("vmdk", Path.of("top"), file("0"), Optional.of(base), Optional.empty());
    assertEquals(
        "{\"driver\":\"vmdk\",\"node-name\":\"image\",\"read-only\":true,"
            + "\"file\":{\"driver\":\"file\",\"filename\":\"/tmp/child/0\"},"
            + "\"backing\":{\"driver\":\"qcow2\","
            + "\"file\":{\"driver\":\"file\",\"filename\":\"/b\"},\"backing\":null,"
            + "\"data-file\":{\"driver\":\"file\",\"filename\":\"/data\"}}}",
        top.json(DIRECTORY, false));
  }
}
