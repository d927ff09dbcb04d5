package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.cli.terminal.StandardOutput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.cli.terminal.TerminalLook;
import io.github.qcow2tostdout.picture.Drawing;
import io.github.qcow2tostdout.picture.Resolution;
import io.github.qcow2tostdout.picture.TextStrip;
import io.github.qcow2tostdout.report.InfoText;
import java.util.ArrayList;
import java.util.List;

/** A drawing as lines of characters, as wide as the terminal. */
final class Strips {
  private Strips() {}

  /** In how many parts a disk and a file are counted for it. */
  static Resolution resolution(StandardStreams streams) {
    int cells = TerminalLook.of(streams).columns() - InfoText.INDENT - 1;
    return Resolution.ofStrips(Math.clamp(cells, 1, TextStrip.MAX_CELLS));
  }

  /**
   * That of the disk; at a terminal also that of the file, and what the characters mean.
   *
   * @param diskName what stands before the disk
   */
  static List<InfoText.Strip> of(Drawing drawing, String diskName, StandardStreams streams) {
    TextStrip text = new TextStrip(TerminalLook.of(streams).unicode());
    List<InfoText.Strip> strips = new ArrayList<>();
    String disk = text.disk(drawing);
    if (!disk.isEmpty()) {
      strips.add(new InfoText.Strip(diskName, disk));
    }
    if (streams.outIsTerminal()) {
      strips.add(new InfoText.Strip("in the file", text.file(drawing)));
      strips.add(new InfoText.Strip("", text.legend()));
    }
    return strips;
  }

  /** Writes the same by itself. */
  static void write(Drawing drawing, StandardStreams streams) throws Failure.Reported {
    StringBuilder lines = new StringBuilder();
    for (InfoText.Strip strip : of(drawing, "the disk", streams)) {
      lines.append(strip.name()).append(" ".repeat(InfoText.INDENT - strip.name().length()));
      lines.append(strip.characters()).append('\n');
    }
    new StandardOutput(streams).print(lines.toString());
  }
}
