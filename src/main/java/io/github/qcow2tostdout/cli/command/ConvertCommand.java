package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.input.BaseDisk;
import io.github.qcow2tostdout.cli.input.InputOptions;
import io.github.qcow2tostdout.cli.input.SalvageReport;
import io.github.qcow2tostdout.cli.option.ByteRange;
import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.option.Verbosity;
import io.github.qcow2tostdout.cli.output.OutputOptions;
import io.github.qcow2tostdout.cli.output.PartOptions;
import io.github.qcow2tostdout.cli.terminal.Failure;
import io.github.qcow2tostdout.cli.terminal.Interruption;
import io.github.qcow2tostdout.cli.terminal.ProgressDisplay;
import io.github.qcow2tostdout.cli.terminal.SideOutputs;
import io.github.qcow2tostdout.cli.terminal.StandardOutput;
import io.github.qcow2tostdout.cli.terminal.StandardStreams;
import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.convert.Frame;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.luks.NewHeader;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Writes the image. */
public final class ConvertCommand {
  private final ConversionArguments arguments;
  private final StandardStreams streams;
  private final long began = System.nanoTime();

  public ConvertCommand(ConversionArguments arguments, StandardStreams streams) {
    this.arguments = arguments;
    this.streams = streams;
  }

  /** The command. */
  public static CommandSpec spec() {
    return spec(true);
  }

  /**
   * As much of the command as is needed.
   *
   * @param withOutput whether the options for what is beside the image are needed
   */
  public static CommandSpec spec(boolean withOutput) {
    CommandSpec convert = CommandSpec.create().name(Program.NAME);
    ConversionOptions.addTo(convert, withOutput);
    if (withOutput) {
      PartOptions.addPrefixTo(convert);
    }
    InputOptions.addInput(
        convert,
        "The disk: a regular file or a block device, nbd://HOST[:PORT]/EXPORT,"
            + " nbd+unix:///EXPORT?socket=PATH, or - for standard input. What comes through a pipe"
            + " is kept in a temporary file first, because an image begins with tables that say"
            + " where the data is, and a pipe can't be read twice.");
    convert
        .usageMessage()
        .customSynopsis(
            Program.NAME + " [OPTIONS] INPUT",
            "       " + Program.NAME + " measure [OPTIONS] INPUT",
            "       " + Program.NAME + " plan [OPTIONS] INPUT",
            "       " + Program.NAME + " parts [OPTIONS] PLAN [INPUT]",
            "       " + Program.NAME + " map [OPTIONS] INPUT",
            "       " + Program.NAME + " dump [OPTIONS] IMAGE",
            "       " + Program.NAME + " check [OPTIONS] IMAGE",
            "       " + Program.NAME + " restore [OPTIONS] IMAGE",
            "       " + Program.NAME + " info [OPTIONS] FILE",
            "       " + Program.NAME + " dehydrate [OPTIONS] IMAGE",
            "       " + Program.NAME + " rehydrate [OPTIONS] META")
        .description(
            "Writes a disk as a qcow2 image to standard output.",
            "",
            "It goes front to back, with no temporary file (but see -). A file that has the name of"
                + " a subcommand, help or version, or one that begins with nbd:, is given as"
                + " ./NAME.",
            "")
        .footer(
            "  qcow2-to-stdout disk.raw > disk.qcow2",
            "  qcow2-to-stdout disk.raw | ssh host 'cat > disk.qcow2'",
            "  qcow2-to-stdout -z -p /dev/vg/disk > disk.qcow2",
            "  qcow2-to-stdout -f vmdk disk.vmdk > disk.qcow2",
            "  zstd -dc disk.raw.zst | qcow2-to-stdout - > disk.qcow2",
            "  qcow2-to-stdout -B monday.raw tuesday.raw > tuesday.qcow2",
            "  qcow2-to-stdout nbd://host/disk > disk.qcow2",
            "  qcow2-to-stdout --offset 1M --length 20G /dev/sda > part.qcow2",
            "",
            "In scripts use 'set -o pipefail': without it a pipe hides that its first command",
            "failed, and an image that is cut short looks whole to its receiver.")
        .exitCodeList(ConversionOptions.exitCodes());
    return convert;
  }

  public int run() throws Failure.Reported {
    StandardOutput standardOutput = new StandardOutput(streams);
    standardOutput.refuseImage(arguments.input(), arguments.source().path());
    if (arguments.base().isPresent()) {
      BaseDisk base = arguments.base().get();
      standardOutput.refuseImage(base.name(), base.path());
    }
    Interruption interruption = Interruption.report(arguments.input());
    try (ProgressDisplay progress = arguments.progressOn(streams);
        OpenDisks inputs = OpenDisks.open(arguments, streams, progress);
        SideOutputs side = arguments.openSideOutputs()) {
      Log log = Log.of(arguments, inputs);
      if (arguments.verbosity() != Verbosity.QUIET) {
        arguments
            .carry()
            .tellSnapshots(
                inputs.source(), arguments.source().inside().snapshot().isPresent(), this::say);
      }
      Optional<NewHeader> crypto = arguments.luksHeader(part());
      Conversion conversion =
          inputs.prepare(arguments, arguments.changesOf(inputs.source()), progress);
      crypto.ifPresent(conversion::encryptWith);
      log.planned(conversion);
      List<DigestTaking.Taken> digests = write(conversion, side, progress, interruption);
      log.written();
      progress.finish(() -> new ConversionSummary(arguments, conversion, began).text());
      // On a line of their own.
      print(digests, side);
      return SalvageReport.write(arguments.source().inside(), arguments.input(), streams);
    } catch (ParameterException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(Failure.of(arguments.input(), e));
    }
  }

  private void say(String line) {
    streams.err().println(Program.NAME + ": " + Printable.masked(line));
  }

  /** What part of the image is wanted, if it is not all. */
  private Optional<String> part() {
    ByteRange range = arguments.part().range();
    return range.isAll() ? Optional.empty() : Optional.of(range.spelling());
  }

  private List<DigestTaking.Taken> write(
      Conversion conversion, SideOutputs side, Progress progress, Interruption interruption)
      throws IOException, Failure.Reported {
    OutputOptions wanted = arguments.output();
    long to = arguments.rangeEnd(wanted.wrapping().streamSize(conversion.imageSize()));
    long from = arguments.part().range().from();
    Frame frame = wanted.wrapping().frame(conversion, progress);
    if (arguments.part().prefix().isPresent()) {
      Prefix.require(arguments.part().prefix().get(), from, conversion, frame, progress);
    }
    try (DigestTaking digests = DigestTaking.begin(wanted, conversion)) {
      side.writeIfWanted(wanted.sizeTarget(), to - from + "\n");
      long heldByReference = StandardOutput.prepareForImage(to - from);
      SequentialOutput output =
          new SequentialOutput(
              StandardOutput.channelForImage(streams.out(), to - from),
              from,
              to,
              progress,
              arguments.copying() ? SequentialOutput.COPIES_ONLY : heldByReference,
              digests.stream());
      interruption.writing(output);
      write(conversion, frame, digests, output);
      return digests.taken();
    }
  }

  private void write(
      Conversion conversion, Frame frame, DigestTaking digests, SequentialOutput output)
      throws Failure.Reported {
    try {
      conversion.write(output, frame, digests.content());
    } catch (IOException | RuntimeException | Error e) {
      throw new Failure.Reported(Failure.of(arguments.input(), e, output));
    }
  }

  private void print(List<DigestTaking.Taken> digests, SideOutputs side) throws Failure.Reported {
    for (DigestTaking.Taken taken : digests) {
      String line = taken.line(arguments.source().input());
      try {
        side.writeOrPrint(taken.request().target(), line, streams.err());
      } catch (IOException e) {
        throw new Failure.Reported(Failure.ofDigest(arguments.input(), e));
      }
    }
  }
}
