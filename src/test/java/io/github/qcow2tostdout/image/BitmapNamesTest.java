package io.github.qcow2tostdout.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.BitmapField;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class BitmapNamesTest {
  private static BitmapEntry bitmap(String name) {
    byte[] bytes = name.getBytes(UTF_8);
    ByteBuffer image = ByteBuffer.allocate(BitmapField.SIZE + bytes.length);
    BitmapField.NAME_SIZE.put(image, 0, bytes.length);
    image.put(BitmapField.SIZE, bytes);
    BoundedFile.Bytes all =
        (to, offset) -> {
          int count = Math.min(to.remaining(), image.capacity() - (int) offset);
          to.put(image.slice((int) offset, count));
          return count;
        };
    BoundedFile file = BoundedFile.of("image", all, image.capacity());
    return new BitmapEntry(file, 0, image.capacity(), image.slice(0, BitmapField.SIZE));
  }

  @Test
  void aNameIsNewOnce() throws IOException {
    BitmapNames names = new BitmapNames();
    for (int i = 0; i < 1000; i++) {
      assertTrue(names.add(bitmap("b" + i)));
    }
    assertTrue(names.add(bitmap("")));
    for (int i = 0; i < 1000; i++) {
      assertFalse(names.add(bitmap("b" + i)));
    }
    assertFalse(names.add(bitmap("")));
  }

  @Test
  void aLongNameIsCutInMessagesOnly() throws IOException {
    String name = "n".repeat(300);
    assertEquals(name, bitmap(name).name());
    assertEquals("n".repeat(255) + "\u2026", bitmap(name).title());
    assertEquals("n".repeat(255), bitmap("n".repeat(255)).title());
  }
}
