package io.github.qcow2tostdout.image;

import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.ImageException;

/**
 * Why QEMU would not open an image, as an error that says where the reason lies.
 *
 * @param fileName the image
 */
record Refusal(String fileName) {
  private static final String REMEDY = "get a whole copy, or check where the image comes from";

  ImageException corrupt(String fact) {
    return new ImageException.Corrupt(fileName, fact, REMEDY);
  }

  ImageException corrupt(String fact, HeaderField field) {
    return corrupt(fact + place(field));
  }

  ImageException corrupt(String fact, Extension extension) {
    return corrupt(fact + " (extension at byte " + extension.offset() + ")");
  }

  ImageException unsupported(String fact) {
    return new ImageException.Unsupported(fileName, fact, REMEDY);
  }

  ImageException unsupported(String fact, HeaderField field) {
    return unsupported(fact + place(field));
  }

  private static String place(HeaderField field) {
    return " (" + field.specName() + " at byte " + field.offset() + ")";
  }
}
