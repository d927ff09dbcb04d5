package io.github.qcow2tostdout.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** The examples of the library's documentation, which {@link LibraryExamplesTest} runs. */
final class LibraryExamples {
  private LibraryExamples() {}

  static void convert(Path raw, Path qcow2) throws IOException {
    // @start region="convert"
    try (Disk disk = Disk.open(raw);
        PlannedImage image = Qcow2Conversion.defaults().plan(disk);
        FileChannel out =
            FileChannel.open(qcow2, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      System.err.println("an image of " + image.size() + " bytes");
      image.writeTo(out);
    }
    // @end
  }

  static void read(Path qcow2) throws IOException {
    // @start region="read"
    Qcow2Image image = Qcow2Image.open(qcow2);
    System.err.println(image.metadata().virtualSize() + " bytes, " + image.snapshots());
    try (SeekableByteChannel disk = image.disk().channel()) {
      ByteBuffer bootSector = ByteBuffer.allocate(512);
      while (bootSector.hasRemaining() && disk.read(bootSector) >= 0) {}
    }
    for (ImageFinding finding : image.check().findings()) {
      System.err.println(finding.severity() + " " + finding.kind() + ": " + finding.message());
    }
    // @end
  }

  static Qcow2Conversion options() {
    // @start region="options"
    Qcow2Conversion conversion =
        Qcow2Conversion.builder()
            .clusterSize(128 << 10)
            .refcountBits(8)
            .compression(Compression.zlib().withLevel(6).withThreads(2))
            .build();
    // @end
    return conversion;
  }

  static void resume(PlannedImage image, WritableByteChannel upload, long alreadyThere)
      throws IOException {
    // @start region="range"
    image.writeTo(upload, alreadyThere, image.size(), new Control());
    // @end
  }

  static boolean cancel(Path raw, WritableByteChannel out, ExecutorService executor)
      throws InterruptedException {
    // @start region="cancel"
    Control control =
        new Control((phase, done, total) -> System.err.println(phase + " " + done + "/" + total));
    Future<Long> written =
        executor.submit(() -> {
          try (Disk disk = Disk.open(raw);
              PlannedImage image = Qcow2Conversion.defaults().plan(disk, control)) {
            image.writeTo(out, control);
            return image.size();
          }
        });
    control.cancel();
    // @end
    try {
      return written.get() < 0;
    } catch (ExecutionException e) {
      return e.getCause() instanceof CancellationException;
    }
  }

  // @start region="disk"
  /** A disk of 1 GiB with one sector of data. */
  static final class BootSectorOnly implements Disk {
    private final ByteBuffer sector;

    BootSectorOnly(ByteBuffer sector) {
      this.sector = sector;
    }

    @Override
    public long size() {
      return 1 << 30;
    }

    @Override
    public int read(ByteBuffer to, long offset) {
      int count = (int) Math.min(to.remaining(), size() - offset);
      for (int i = 0; i < count; i++) {
        to.put(offset + i < 512 ? sector.get((int) offset + i) : 0);
      }
      return count;
    }

    @Override
    public long nextData(long offset) {
      return offset < 512 ? offset : size();
    }

    @Override
    public long nextHole(long offset) {
      return 512;
    }
  }
  // @end
}
