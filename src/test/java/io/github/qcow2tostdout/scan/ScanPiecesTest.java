package io.github.qcow2tostdout.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.source.DataExtents;
import io.github.qcow2tostdout.testing.FakeExtents;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScanPiecesTest {
  private static final long M = 1 << 20;

  private static List<ScanPieces.Piece> pieces(long... bounds) throws IOException {
    ScanPieces pieces = new ScanPieces(ScanExtents.ofSource(new FakeExtents(bounds)));
    List<ScanPieces.Piece> all = new ArrayList<>();
    for (ScanPieces.Piece piece = pieces.next(); !piece.isEnd(); piece = pieces.next()) {
      all.add(piece);
    }
    assertTrue(pieces.next().isEnd(), "the end stays");
    return all;
  }

  /** Each piece as its bounds. */
  private static String text(long... bounds) throws IOException {
    StringBuilder text = new StringBuilder();
    for (ScanPieces.Piece piece : pieces(bounds)) {
      text.append(Arrays.toString(piece.bounds()));
    }
    return text.toString();
  }

  @Test
  void noExtentIsNoPiece() throws IOException {
    assertEquals("", text());
  }

  @Test
  void smallExtentIsAPiece() throws IOException {
    assertEquals("[5, 6]", text(5, 6));
  }

  @Test
  void neighbouringExtentsShareAPiece() throws IOException {
    assertEquals("[0, 512, 1024, 1536]", text(0, 512, 1024, 1536));
    ScanPieces.Piece piece = pieces(10, 20, 30, 40).getFirst();
    assertEquals(10, piece.from());
    assertEquals(40, piece.to());
  }

  @Test
  void theLastBytesThatADiskCanHaveAreAPiece() throws IOException {
    long max = Long.MAX_VALUE;
    assertEquals("[" + (max - 5) + ", " + max + "]", text(max - 5, max));
    long cut = max - 16 * M + 1;
    assertEquals("[" + (cut - 1) + ", " + max + "]", text(cut - 1, max));
    assertEquals(
        "[%d, %d][%d, %d]".formatted(cut - 16 * M, cut, cut, max), text(cut - 16 * M, max));
  }

  @Test
  void extentOfAPiecesSizeIsOnePiece() throws IOException {
    assertEquals("[0, 16777216]", text(0, 16 * M));
  }

  @Test
  void extentOfThreePiecesIsCutInThree() throws IOException {
    assertEquals("[0, 16777216][16777216, 33554432][33554432, 50331648]", text(0, 48 * M));
  }

  @Test
  void oneByteMoreIsAPieceMore() throws IOException {
    assertEquals("[0, 16777216][16777216, 16777217]", text(0, 16 * M + 1));
  }

  @Test
  void cutIsWhereAPiecesSizeDivides() throws IOException {
    assertEquals(
        "[16777215, 33554432][33554432, 50331648][50331648, 50331649]",
        text(16 * M - 1, 48 * M + 1));
  }

  @Test
  void extentThatFillsTheRoomIsNotCutInsideACluster() throws IOException {
    assertEquals("[0, 512, 1048576, 33554432][33554432, 41943040]", text(0, 512, M, 40 * M));
  }

  @Test
  void manyTinyExtentsArePiecesOf1024() throws IOException {
    long[] bounds = new long[2 * 2500];
    for (int i = 0; i < 2500; i++) {
      bounds[2 * i] = 4096L * i;
      bounds[2 * i + 1] = 4096L * i + 1;
    }
    List<Integer> extents =
        pieces(bounds).stream().map(piece -> piece.bounds().length / 2).toList();
    assertEquals(List.of(1024, 1024, 452), extents);
  }

  @Test
  void exactly1024ExtentsAreOnePiece() throws IOException {
    long[] bounds = new long[2 * 1024];
    Arrays.setAll(bounds, i -> 10L * i);
    assertEquals(1, pieces(bounds).size());
  }

  @Test
  void piecesTogetherAreTheExtentsAndCutsDivideEveryClusterSize() throws IOException {
    Random random = Seeds.random(ScanPiecesTest.class);
    for (int round = 0; round < 300; round++) {
      long[] bounds = new long[2 * random.nextInt(60)];
      long at = 0;
      for (int i = 0; i < bounds.length; i++) {
        at += 1 + random.nextLong(1L << random.nextInt(1, 27));
        bounds[i] = random.nextInt(3) == 0 ? (at + M) & -M : at;
        at = bounds[i];
      }
      List<Long> joined = new ArrayList<>();
      for (ScanPieces.Piece piece : pieces(bounds)) {
        long data = 0;
        for (int i = 0; i < piece.bounds().length; i += 2) {
          long from = piece.bounds()[i];
          long to = piece.bounds()[i + 1];
          assertTrue(from < to);
          if (!joined.isEmpty() && joined.getLast() == from) {
            assertEquals(0, from % ScanPieces.PIECE_SIZE);
            joined.removeLast();
          } else {
            joined.add(from);
          }
          joined.add(to);
          data += to - from;
        }
        assertTrue(data < 2 * ScanPieces.PIECE_SIZE, () -> Arrays.toString(piece.bounds()));
      }
      assertEquals(Arrays.stream(bounds).boxed().toList(), joined);
    }
  }

  @Test
  void pieceIsAMultipleOfTheLargestCluster() {
    assertEquals(0, ScanPieces.PIECE_SIZE % (2 * M));
  }

  @Test
  void errorOfTheExtentsComesOutAsItIs() {
    IOException error = new IOException("lseek");
    ScanPieces pieces =
        new ScanPieces(
            ScanExtents.ofSource(
                new DataExtents() {
                  @Override
                  public boolean next() throws IOException {
                    throw error;
                  }

                  @Override
                  public long from() {
                    return 0;
                  }

                  @Override
                  public long to() {
                    return 0;
                  }
                }));
    assertSame(error, assertThrows(IOException.class, pieces::next));
  }
}
