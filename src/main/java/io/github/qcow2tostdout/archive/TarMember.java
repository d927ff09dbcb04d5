package io.github.qcow2tostdout.archive;

import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.convert.Frame;
import io.github.qcow2tostdout.work.Progress;

/**
 * A tar that holds the image.
 *
 * @param name that the image has in it
 */
public record TarMember(String name, TarAttributes attributes) implements Wrapping {
  @Override
  public long streamSize(long imageSize) {
    return frame(imageSize).streamSize(imageSize);
  }

  @Override
  public Frame frame(Conversion conversion, Progress progress) {
    return frame(conversion.imageSize());
  }

  private Frame frame(long imageSize) {
    byte[] before = new TarBuilder(attributes).header(name, imageSize).toBytes();
    return new Frame(before, TarBuilder.end(before.length + imageSize));
  }
}
