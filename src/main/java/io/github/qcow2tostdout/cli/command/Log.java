package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.cli.option.Program;
import io.github.qcow2tostdout.cli.option.Verbosity;
import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.plan.Region;
import io.github.qcow2tostdout.report.HumanSize;
import io.github.qcow2tostdout.source.Source;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what is done, if that is wanted. */
sealed interface Log {
  /** The disk is scanned, and the image is planned. */
  void planned(Conversion conversion);

  /** The image is out. */
  void written();

  /** The log that the arguments ask for. */
  static Log of(ConversionArguments arguments, OpenDisks inputs) {
    return arguments.verbosity() == Verbosity.VERBOSE
        ? new Verbose(LoggerFactory.getLogger(Program.NAME), inputs)
        : new Silent();
  }

  /** Says nothing, and loads no logging classes. */
  record Silent() implements Log {
    @Override
    public void planned(Conversion conversion) {}

    @Override
    public void written() {}
  }

  /** Says it through slf4j. */
  record Verbose(Logger logger, OpenDisks inputs) implements Log {
    @Override
    public void planned(Conversion conversion) {
      Source source = inputs.source();
      if (conversion.waited().isPositive()) {
        logger.info(
            "waited {} ms: the disk was written so lately that another write could have had the"
                + " same time",
            conversion.waited().toMillis());
      }
      inputs
          .base()
          .ifPresent(base ->
              logger.info(
                  "compared with {}: {} bytes", Printable.masked(base.name()), base.size()));
      logger.info(
          "{}: {}, {} of {} clusters allocated ({})",
          Printable.masked(source.name()),
          HumanSize.withBytes(source.size()),
          conversion.allocatedClusters(),
          conversion.guestClusters(),
          conversion.strategy());
      if (conversion.zeroBytes() > 0) {
        logger.info("mapped as zeroes: {} bytes", conversion.zeroBytes());
      }
      if (conversion.compression().isPresent()) {
        logger.info("compression: {}", conversion.compression().get());
      }
      for (Region region : conversion.plan().regions()) {
        if (region.kind() != Region.Kind.BITMAPS || region.size() > 0) {
          logger.info("{}: bytes {} to {}", region.kind().words(), region.from(), region.to());
        }
      }
    }

    @Override
    public void written() {
      logger.info("{}: done", Printable.masked(inputs.source().name()));
    }
  }
}
