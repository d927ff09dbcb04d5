package io.github.qcow2tostdout.cli.input;

import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.terminal.ExitCode;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.report.JsonLayout;
import io.github.qcow2tostdout.report.JsonWriter;
import io.github.qcow2tostdout.source.qcow2.Salvage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Says what of a disk is lost, when all of it has been read. */
public final class SalvageReport {
  private SalvageReport() {}

  /**
   * Says it on standard error, and in the file that is asked for.
   *
   * @param name what the user calls the disk
   * @return what to end with
   * @throws IOException if that file can't be written
   */
  public static int write(InsideOptions options, String name, StandardStreams streams)
      throws IOException {
    if (options.salvage().isEmpty()) {
      return ExitCode.OK;
    }
    List<Salvage.Loss> losses = options.salvage().get().losses();
    for (Salvage.Loss loss : losses) {
      streams.err().println(Program.NAME + ": " + Printable.masked(words(name, loss)));
    }
    if (options.salvageReport().isPresent()) {
      write(options.salvageReport().get(), name, losses);
    }
    return losses.isEmpty() ? ExitCode.OK : ExitCode.SALVAGED;
  }

  private static String words(String name, Salvage.Loss loss) {
    return name
        + ": lost: bytes "
        + loss.from()
        + " to "
        + loss.to()
        + " of the disk are zeroes now: "
        + loss.cause().words()
        + (loss.image().equals(name) ? "" : ", in " + loss.image())
        + " ("
        + loss.fact()
        + ")";
  }

  private static void write(Path file, String name, List<Salvage.Loss> losses) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      JsonWriter json = new JsonWriter(out, JsonLayout.LINES);
      json.beginObject();
      json.text("filename", name);
      json.number("lost-bytes", losses.stream().mapToLong(loss -> loss.to() - loss.from()).sum());
      json.beginArray("lost");
      for (Salvage.Loss loss : losses) {
        json.beginObject();
        json.number("start", loss.from());
        json.number("length", loss.to() - loss.from());
        json.text("cause", loss.cause().key());
        json.text("image", loss.image());
        json.text("fact", loss.fact());
        json.endObject();
      }
      json.endArray();
      json.endObject();
      json.end();
    }
  }
}
