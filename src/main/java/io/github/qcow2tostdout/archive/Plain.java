package io.github.qcow2tostdout.archive;

import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.convert.Frame;
import io.github.qcow2tostdout.work.Progress;

/** The image and nothing else. */
public record Plain() implements Wrapping {
  @Override
  public long streamSize(long imageSize) {
    return imageSize;
  }

  @Override
  public Frame frame(Conversion conversion, Progress progress) {
    return Frame.NONE;
  }
}
