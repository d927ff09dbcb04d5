package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.work.FullWrite;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Where a report goes, in large parts; an error there is a {@link ReportException}. */
public final class ReportOutput extends OutputStream {
  private static final int BUFFER = 64 << 10;

  private final WritableByteChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

  public ReportOutput(WritableByteChannel channel) {
    this.channel = channel;
  }

  @Override
  public void write(int value) throws IOException {
    if (!buffer.hasRemaining()) {
      flush();
    }
    buffer.put((byte) value);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int count = Math.min(length - done, buffer.remaining());
      buffer.put(bytes, offset + done, count);
      done += count;
    }
  }

  @Override
  public void flush() throws IOException {
    buffer.flip();
    try {
      FullWrite.write(channel, buffer);
    } catch (IOException e) {
      throw new ReportException(e);
    } finally {
      buffer.clear();
    }
  }
}
