package io.github.qcow2tostdout.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qcow2tostdout.convert.MemorySource;
import io.github.qcow2tostdout.convert.RecordingSource;
import io.github.qcow2tostdout.format.Geometry;
import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.source.Residency;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScanStrategyTest {
  private static final long M = 1 << 20;

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, CACHED",
    "1000, 1000, 0, CACHED",
    "1000, 900, 0, CACHED",
    "1000, 899, 202, READ_ALL",
    "1000, 899, 201, PROBE",
    "1000, 0, 2000, READ_ALL",
    "1000, 0, 1999, PROBE",
    "1000, 0, 0, PROBE"
  })
  void choiceFollowsFromWhatIsInMemoryAndWhatFitsIt(
      long data, long cached, long available, ScanStrategy expected) throws IOException {
    MemorySource source =
        new MemorySource(1000) {
          @Override
          public Residency residency(DataExtents extents) {
            return new Residency(data, cached, available);
          }
        };
    assertEquals(expected, ScanStrategy.choose(source));
  }

  private static List<String> advice(ScanStrategy strategy, int clusterSize, long... bounds) {
    List<String> log = new ArrayList<>();
    RecordingSource source = new RecordingSource(1L << 40, log);
    ScanExtents.Side[] sides = new ScanExtents.Side[bounds.length / 2];
    Arrays.fill(sides, ScanExtents.Side.SOURCE);
    ScanPieces.Piece piece = new ScanPieces.Piece(bounds, sides);
    strategy.advise(source, ScanExtents.Side.BASE, piece, clusterSize);
    return log;
  }

  @Test
  void whatIsInMemoryNeedsNoAdvice() {
    assertEquals(List.of(), advice(ScanStrategy.CACHED, 65536, 0, 16 * M));
  }

  @Test
  void wholePiecesAreAdvisedInStepsThatKernelsTake() {
    assertEquals(
        List.of(
            "advice 100+1048476",
            "advice 1048576+1048576",
            "advice 2097152+5",
            "advice 8388608+1048576"),
        advice(ScanStrategy.READ_ALL, 65536, 100, 2 * M + 5, 8 * M, 9 * M));
  }

  @Test
  void probesAreAdvisedWhereTheScanWillProbe() {
    assertEquals(
        List.of("advice 65000+536", "advice 65536+4096", "advice 131072+100"),
        advice(ScanStrategy.PROBE, 65536, 65000, 131172));
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096, 8192})
  void smallClustersAreNotProbedAndAdvisedWhole(int clusterSize) {
    assertEquals(
        List.of("advice 0+1048576", "advice 1048576+1"),
        advice(ScanStrategy.PROBE, clusterSize, 0, M + 1));
  }

  @Test
  void scanReadsOfAllocatedClustersNoMoreThanTheAdvice() throws IOException {
    List<String> log = new ArrayList<>();
    RecordingSource source = new RecordingSource(4 * 65536, log);
    for (int cluster = 0; cluster < 4; cluster++) {
      source.put(cluster * 65536L + 17, (byte) 1);
    }
    new AllocationScan(
            source,
            ScanOptions.TEST_ALL,
            new Geometry(16, 4),
            true,
            ScanStrategy.PROBE,
            Progress.NONE)
        .run();
    assertEquals(
        List.of(
            "advice 0+4096",
            "advice 131072+4096",
            "advice 196608+4096",
            "advice 65536+4096",
            "extents",
            "read 0+4096",
            "read 131072+4096",
            "read 196608+4096",
            "read 65536+4096"),
        log.stream().sorted().toList());
  }
}
