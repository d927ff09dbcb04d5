package io.github.qcow2tostdout.source;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** A stream that has been read into a temporary file, and tested for zeroes on the way. */
final class SpooledSource extends ForwardingSource {
  private final DataBlocks blocks;

  SpooledSource(String name, SpoolFile file, DataBlocks blocks) throws IOException {
    super(
        new FileSource(
            name, file.path(), file.channel(), FileKind.REGULAR, true, file.description()));
    this.blocks = blocks;
  }

  @Override
  public OptionalLong positionInFile() {
    return OptionalLong.empty();
  }

  @Override
  public DataExtents dataExtents() {
    return blocks.extents(size());
  }

  @Override
  public long testedBlockSize() {
    return blocks.blockSize();
  }

  @Override
  public SourceIdentity identity() {
    // Nobody else can reach it, and some file systems set its times when they write it out.
    return new SourceIdentity(size(), Optional.empty(), Optional.empty(), Optional.empty());
  }
}
