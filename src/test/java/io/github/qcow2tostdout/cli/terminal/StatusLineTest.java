package io.github.qcow2tostdout.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class StatusLineTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final StatusLine line = StatusLine.over(new PrintStream(out, true, UTF_8));

  private String drawn() {
    return out.toString(UTF_8);
  }

  @Test
  void withoutALineItIsAsTheStream() {
    line.println("one");
    line.print("two");
    line.println("ä");
    line.end();
    assertEquals("one\ntwoä\n", drawn());
  }

  @Test
  void whatIsSaidComesAboveTheLine() {
    line.draw("50%");
    line.println("said");
    line.draw("60%");
    line.end();
    assertEquals("\r50%\r   \rsaid\n50%\r60%\n", drawn());
  }

  @Test
  void aLineThatIsTheSameIsNotDrawnAgain() {
    line.draw("50%");
    line.draw("50%");
    assertEquals("\r50%", drawn());
  }

  @Test
  void nothingIsDrawnIntoAHalfOfWhatIsSaid() {
    line.draw("50%");
    line.print("half");
    line.draw("60%");
    line.println(" whole");
    assertEquals("\r50%\r   \rhalf whole\n60%", drawn());
  }

  @Test
  void afterTheEndNothingIsDrawnAgain() {
    line.draw("50%");
    line.end();
    line.end();
    line.println("said");
    assertEquals("\r50%\nsaid\n", drawn());
  }

  @Test
  void oneIsEnough() {
    assertSame(line, StatusLine.over(line));
  }
}
