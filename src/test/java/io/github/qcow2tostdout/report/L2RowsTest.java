package io.github.qcow2tostdout.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderField;
import io.github.qcow2tostdout.format.TableEntry;
import io.github.qcow2tostdout.image.L2Format;
import io.github.qcow2tostdout.image.Validity;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class L2RowsTest {
  private static final int CLUSTER_BITS = 16;
  private static final long CLUSTER = 1 << CLUSTER_BITS;
  private static final long COMPRESSED = 1L << 62;
  private static final L2Format FORMAT =
      L2Format.of(Header.ofVersion(3).with(HeaderField.CLUSTER_BITS, CLUSTER_BITS));

  private final List<String> runs = new ArrayList<>();
  private final List<L2Row> expanded = new ArrayList<>();
  private final L2Rows rows = new L2Rows(this::add);

  private void add(L2Row first, long count) {
    runs.add(first.index() + "+" + count);
    for (int i = 0; i < count; i++) {
      boolean follows = first.kind() != L2Format.Kind.ZERO;
      expanded.add(
          row(
              (int) first.index() + i,
              first.entry() + (follows ? i * CLUSTER : 0),
              first.validity()));
    }
  }

  private static L2Row row(int index, long entry, Validity validity) {
    return new L2Row(
        FORMAT.kind(entry),
        FORMAT,
        index,
        0x40000 + index * 8L,
        index * CLUSTER,
        entry,
        0,
        validity);
  }

  private List<String> runsOf(long... entries) throws IOException {
    for (int i = 0; i < entries.length; i++) {
      if (entries[i] != 0) {
        rows.add(row(i, entries[i], Validity.VALID));
      }
    }
    rows.end();
    return runs;
  }

  @Test
  void clustersThatFollowEachOtherAreOneRun() throws IOException {
    assertEquals(
        List.of("0+3", "3+1", "4+2"),
        runsOf(5 * CLUSTER, 6 * CLUSTER, 7 * CLUSTER, 9 * CLUSTER, 4 * CLUSTER, 5 * CLUSTER));
  }

  @Test
  void anEntryThatIs0EndsARun() throws IOException {
    assertEquals(List.of("0+2", "3+1"), runsOf(5 * CLUSTER, 6 * CLUSTER, 0, 7 * CLUSTER));
  }

  @Test
  void anotherFlagOrKindEndsARun() throws IOException {
    assertEquals(
        List.of("0+1", "1+1", "2+2", "4+1"),
        runsOf(
            5 * CLUSTER,
            TableEntry.COPIED | 6 * CLUSTER,
            1 | 7 * CLUSTER,
            1 | 8 * CLUSTER,
            9 * CLUSTER));
  }

  @Test
  void zeroesAreOneRunAndCompressedClustersNone() throws IOException {
    assertEquals(
        List.of("0+3", "3+1", "4+1"),
        runsOf(1, 1, 1, COMPRESSED | 0x50000, COMPRESSED | 0x50000 + CLUSTER));
  }

  @Test
  void anotherValidityEndsARun() throws IOException {
    rows.add(row(0, 5 * CLUSTER, Validity.VALID));
    rows.add(row(1, 6 * CLUSTER, Validity.INVALID));
    rows.end();
    rows.end();
    assertEquals(List.of("0+1", "1+1"), runs);
  }

  @ParameterizedTest
  @CsvSource({"2", "5"})
  void runsAreTheRowsAgain(int kinds) throws IOException {
    Random random = Seeds.random(L2RowsTest.class);
    List<L2Row> given = new ArrayList<>();
    long entry = CLUSTER;
    for (int i = 0; i < 10_000; i++) {
      entry =
          switch (random.nextInt(kinds * 4)) {
            case 0 -> random.nextLong(1, 1 << 20) * CLUSTER;
            case 1 -> 1;
            case 2 -> random.nextLong(1, 1 << 20) * CLUSTER | 1;
            case 3 -> TableEntry.COPIED | random.nextLong(1, 1 << 20) * CLUSTER;
            default -> entry == 1 ? 1 : entry + CLUSTER;
          };
      L2Row row = row(i, entry, random.nextInt(50) == 0 ? Validity.INVALID : Validity.VALID);
      given.add(row);
      rows.add(row);
    }
    rows.end();
    assertEquals(given, expanded);
    assertTrue(runs.size() < given.size());
  }
}
