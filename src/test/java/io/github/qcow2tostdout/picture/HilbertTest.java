package io.github.qcow2tostdout.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HilbertTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void eachCellOfTheSquareIsOnTheCurveOnce(int order) {
    Hilbert curve = new Hilbert(order);
    Set<Integer> cells = new HashSet<>();
    for (int cell = 0; cell < curve.cells(); cell++) {
      cells.add(curve.y(cell) * curve.side() + curve.x(cell));
    }
    assertEquals(curve.cells(), cells.size());
    assertEquals(0, cells.stream().min(Integer::compare).orElseThrow());
    assertEquals(curve.cells() - 1, cells.stream().max(Integer::compare).orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void neighboursOnTheCurveAreNeighboursInTheSquare(int order) {
    Hilbert curve = new Hilbert(order);
    for (int cell = 1; cell < curve.cells(); cell++) {
      int right = Math.abs(curve.x(cell) - curve.x(cell - 1));
      int down = Math.abs(curve.y(cell) - curve.y(cell - 1));
      assertEquals(1, right + down, "cell " + cell);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void itLeadsFromTheUpperLeftToTheUpperRight(int order) {
    Hilbert curve = new Hilbert(order);
    assertEquals(0, curve.x(0));
    assertEquals(0, curve.y(0));
    assertEquals(curve.side() - 1, curve.x(curve.cells() - 1));
    assertEquals(0, curve.y(curve.cells() - 1));
  }
}
