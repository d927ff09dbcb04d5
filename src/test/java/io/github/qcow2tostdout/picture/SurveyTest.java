package io.github.qcow2tostdout.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.image.BoundedFile;
import io.github.qcow2tostdout.image.OpenRules;
import io.github.qcow2tostdout.image.OpenedImage;
import io.github.qcow2tostdout.plan.ImageOptions;
import io.github.qcow2tostdout.scan.ScanOptions;
import io.github.qcow2tostdout.source.FileSource;
import io.github.qcow2tostdout.source.Source;
import io.github.qcow2tostdout.testing.ImageFiles;
import io.github.qcow2tostdout.testing.Poke;
import io.github.qcow2tostdout.testing.RealImages;
import io.github.qcow2tostdout.work.Progress;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SurveyTest {
  @TempDir Path directory;

  static List<RealImages.Recipe> recipes() {
    return RealImages.all();
  }

  private static Drawing draw(Path image) throws IOException {
    try (BoundedFile file = ImageFiles.open(image)) {
      return ImageSurvey.picture(OpenRules.open(file), Progress.NONE);
    }
  }

  private static <K extends Enum<K>> void assertWhole(Shares<K> shares, long size) {
    long sum = 0;
    for (K kind : shares.kinds()) {
      assertTrue(shares.total(kind) >= 0, kind::name);
      sum += shares.total(kind);
    }
    assertEquals(size, sum);
    for (int part = 0; part < shares.scale().count(); part++) {
      long length = 0;
      for (K kind : shares.kinds()) {
        assertTrue(shares.get(part, kind) >= 0, kind::name);
        length += shares.get(part, kind);
      }
      assertEquals(shares.scale().length(part), length);
    }
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void areasAreTheSizesAndPicturesAreXml(RealImages.Recipe recipe) throws Exception {
    Path path = RealImages.make(recipe, directory);
    try (BoundedFile file = ImageFiles.open(path)) {
      OpenedImage image = OpenRules.open(file);
      Drawing drawing = ImageSurvey.picture(image, Progress.NONE);
      assertWhole(drawing.file(), file.size());
      assertWhole(drawing.disk(), image.diskSize());
      assertTrue(drawing.diskKnown());
      PictureWriter picture = new PictureWriter(Caption.of(recipe.name(), image), drawing);
      ByteArrayOutputStream svg = new ByteArrayOutputStream();
      picture.writeSvg(Channels.newChannel(svg));
      assertEquals("svg", element(svg));
      ByteArrayOutputStream again = new ByteArrayOutputStream();
      picture.writeSvg(Channels.newChannel(again));
      assertArrayEquals(svg.toByteArray(), again.toByteArray());
      ByteArrayOutputStream page = new ByteArrayOutputStream();
      picture.writeHtml(Channels.newChannel(page));
      assertEquals("html", element(page));
      assertTrue(page.size() < 1 << 20, () -> page.size() + " bytes");
    }
  }

  private static String element(ByteArrayOutputStream xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.toByteArray()))
        .getDocumentElement()
        .getNodeName();
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 12, 16, 21})
  void whatIsPlannedIsWhatComes(int clusterBits) throws IOException {
    Path disk = directory.resolve("disk");
    try (FileChannel channel =
        FileChannel.open(disk, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long at : new long[] {0, 70_000, 1_000_000, 3_000_000, 3_200_000}) {
        channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), at);
      }
    }
    ImageOptions options =
        new ImageOptions(new Geometry(clusterBits, 4), 3, false, Optional.empty());
    Path image = directory.resolve("image");
    try (Source source = FileSource.open(disk, true);
        FileChannel out =
            FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Conversion conversion =
          Conversion.prepare(source, options, ScanOptions.TEST_ALL, Progress.NONE);
      conversion.write(new SequentialOutput(out, 0, conversion.imageSize(), Progress.NONE));
      Drawing planned = PlanSurvey.picture(conversion.plan(), conversion.allocation());
      Drawing come = draw(image);
      assertSame(planned.file(), come.file());
      assertSame(planned.disk(), come.disk());
      assertEquals(links(planned), links(come));
      assertFalse(planned.links().isEmpty());
    }
  }

  private static String links(Drawing drawing) {
    StringBuilder links = new StringBuilder();
    drawing.links().forEach((guest, host, bytes) -> links.append(guest + ">" + host + ":" + bytes));
    return links.toString();
  }

  private static <K extends Enum<K>> void assertSame(Shares<K> one, Shares<K> other) {
    assertEquals(one.scale(), other.scale());
    for (int part = 0; part < one.scale().count(); part++) {
      for (K kind : one.kinds()) {
        assertEquals(one.get(part, kind), other.get(part, kind), kind + " in part " + part);
      }
    }
  }

  private Path real(String name) throws Exception {
    for (RealImages.Recipe recipe : RealImages.all()) {
      if (recipe.name().equals(name)) {
        return RealImages.make(recipe, directory);
      }
    }
    throw new AssertionError(name);
  }

  @Test
  void aClusterThatNobodyUsesIsLeaked() throws Exception {
    Path image = real("cluster-64k");
    long before = draw(image).file().total(FilePart.LEAKED);
    // The first entry of the L2 table behind the L1 table.
    Poke.hex(image, 4 << 16, "0000000000000000");
    Drawing drawing = draw(image);
    assertEquals(before + (1 << 16), drawing.file().total(FilePart.LEAKED));
  }

  @Test
  void dataThatASnapshotHasTooIsShared() throws Exception {
    Drawing drawing = draw(real("snapshots"));
    assertTrue(drawing.disk().total(DiskPart.SHARED) > 0);
    assertTrue(drawing.file().total(FilePart.SNAPSHOTS) > 0);
    assertEquals(0, draw(real("cluster-64k")).disk().total(DiskPart.SHARED));
  }

  @Test
  void dataBehindTheEndOfTheFileIsDamaged() throws Exception {
    Path image = real("cluster-64k");
    Poke.hex(image, 4 << 16, "8000010000000000");
    assertEquals(1 << 16, draw(image).disk().total(DiskPart.DAMAGED));
  }
}
