package io.github.qcow2tostdout.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qcow2tostdout.convert.MemorySource;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.source.ChangeSign;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.SourceIdentity;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataMapTest {
  private static final long SIZE = 1_000_001;

  private static String text(DataMap map) throws IOException {
    List<String> all = new ArrayList<>();
    for (DataExtents walk = map.extents(); walk.next(); ) {
      all.add(walk.from() + "-" + walk.to());
    }
    return String.join(" ", all);
  }

  private static MemorySource disk() {
    return new MemorySource(SIZE)
        .put(70_000, new byte[] {1})
        .put(SIZE - 1, new byte[] {1})
        .extents(60_000, 80_000, 200_000, 300_000, 900_000, SIZE);
  }

  @Test
  void theExtentsAreTheSourcesUntested() throws IOException {
    DataMap map = DataMap.ofExtents(disk(), ChangeSign.CHANGE_TIME);
    assertEquals("60000-80000 200000-300000 900000-1000001", text(map));
    assertEquals(1_000_448, map.diskSize());
  }

  @ParameterizedTest
  @CsvSource({"9, 69632-70144 999936-1000001", "16, 65536-131072 983040-1000001", "21, 0-1000001"})
  void clustersWithDataAreLeftByTheTest(int clusterBits, String extents) throws IOException {
    assertEquals(
        extents,
        text(
            DataMap.tested(
                disk(), new Geometry(clusterBits, 4), ChangeSign.CHANGE_TIME, Progress.NONE)));
  }

  @ParameterizedTest
  @CsvSource({"9223372036854775807", "9223372036854775296", "9223372036854774784"})
  void theLargestDisksEndWhereTheyEnd(long size) throws IOException {
    MemorySource disk =
        new MemorySource(size).put(size - 1, new byte[] {1}).extents(size - 4096, size);
    long from = (size - 1) >> 16 << 16;
    DataMap tested =
        DataMap.tested(disk, new Geometry(16, 4), ChangeSign.CHANGE_TIME, Progress.NONE);
    assertEquals(from + "-" + size, text(tested));
    DataMap untested = DataMap.ofExtents(disk, ChangeSign.CHANGE_TIME);
    assertEquals((size - 4096) + "-" + size, text(untested));
  }

  @Test
  void anEmptyDiskHasNoExtents() throws IOException {
    assertEquals("", text(DataMap.ofExtents(new MemorySource(0), ChangeSign.CHANGE_TIME)));
    assertEquals(
        "",
        text(
            DataMap.tested(
                new MemorySource(0), new Geometry(16, 4), ChangeSign.CHANGE_TIME, Progress.NONE)));
  }

  @Test
  void aDiskThatWasWrittenMeanwhileIsFoundOut() throws IOException {
    MemorySource changing =
        new MemorySource(SIZE) {
          private int asked;

          @Override
          public SourceIdentity identity() {
            asked++;
            return MemorySource.identityOfSize(asked > 2 ? SIZE + 1 : SIZE);
          }
        };
    DataMap map = DataMap.ofExtents(changing, ChangeSign.CHANGE_TIME);
    map.verify();
    assertThrows(ImageException.SourceChanged.class, map::verify);
  }
}
