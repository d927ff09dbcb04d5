package io.github.qcow2tostdout.cli.image;

import io.github.qcow2tostdout.cli.option.ByteSize;
import io.github.qcow2tostdout.cli.option.HelpGroup;
import io.github.qcow2tostdout.cli.option.OptionSpecs;
import io.github.qcow2tostdout.codec.Encoding;
import io.github.qcow2tostdout.convert.CompressionOptions;
import io.github.qcow2tostdout.convert.LengthStore;
import io.github.qcow2tostdout.format.CompressionType;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.saved.SavedEncoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * How clusters are to be compressed, if they are.
 *
 * @param encoding that decides the bytes
 * @param threads how many compress
 */
public record CompressionArguments(Encoding encoding, int threads) {
  static final String COMPRESS = "--compress";

  /** What stands for a type that is not said. */
  static final String UNSAID = "?";

  static final String LEVEL = "--level";
  static final String THREADS = "--threads";
  static final String DEFLATE_WINDOW = "--deflate-window";

  /** More are of no use, and their buffers take memory. */
  private static final int MAX_THREADS = 256;

  private static final String SMALL_WINDOW = "4K";
  private static final String USUAL_WINDOW = "32K";
  private static final List<String> WINDOWS = List.of(USUAL_WINDOW, SMALL_WINDOW);

  public static void addTo(CommandSpec spec) {
    spec.addOption(
            OptionSpecs.optional(HelpGroup.COMPRESSION, COMPRESS, UNSAID, "-z")
                .paramLabel("TYPE")
                .completionCandidates(ImageOptionsBuilder.COMPRESSION_TYPES)
                .description(
                    "Compress clusters: zlib (default) or zstd.",
                    "Clusters that don't become smaller by a sector are stored plain.")
                .build())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.COMPRESSION, LEVEL)
                .paramLabel("N")
                .description(
                    "How hard to compress: 1 to 12 for zlib (default: "
                        + Encoding.defaultLevel(false, false)
                        + "), 1 to 22 for zstd (default: "
                        + Encoding.defaultLevel(true, false)
                        + ").")
                .build())
        .addOption(threadsOption())
        .addOption(
            OptionSpecs.repeatable(HelpGroup.COMPRESSION, DEFLATE_WINDOW)
                .paramLabel("SIZE")
                .completionCandidates(WINDOWS)
                .description(
                    "32K (default), or 4K for readers that inflate with no larger window. QEMU"
                        + " reads both; 4K is slower.")
                .build());
  }

  /** Adds the option that does not change the image. */
  public static void addThreadsTo(CommandSpec spec) {
    spec.addOption(threadsOption());
  }

  private static OptionSpec threadsOption() {
    return OptionSpecs.repeatable(HelpGroup.COMPRESSION, THREADS)
        .paramLabel("N")
        .description("Threads that compress (default: one for each processor).")
        .build();
  }

  /**
   * What the arguments say.
   *
   * @param type how to compress; empty if not at all
   * @throws IllegalArgumentException with a message for the user, if they are wrong
   */
  public static Optional<CompressionArguments> of(
      ParseResult result, Optional<CompressionType> type) {
    if (type.isEmpty()) {
      for (String option : new String[] {LEVEL, THREADS, DEFLATE_WINDOW}) {
        if (result.hasMatchedOption(option)) {
          throw new IllegalArgumentException(
              option + " needs " + COMPRESS + ": without it nothing is compressed");
        }
      }
      return Optional.empty();
    }
    boolean zstd = type.get() == CompressionType.ZSTD;
    boolean small = smallWindow(result, zstd);
    OptionalInt level = number(result, LEVEL, Encoding.lowest(), Encoding.highest(zstd, small));
    Encoding encoding = Encoding.of(zstd, small, level);
    Optional<String> missing = encoding.missing();
    if (missing.isPresent()) {
      throw new IllegalArgumentException(missing.get());
    }
    return Optional.of(new CompressionArguments(encoding, threads(result)));
  }

  /**
   * As a plan says, which may have been made by another encoder.
   *
   * @param file the plan, for the error
   * @throws IllegalArgumentException with a message for the user, if the arguments are wrong
   * @throws ImageException.UnusablePlan if there is no such encoder here
   */
  public static Optional<CompressionArguments> planned(
      ParseResult result, Optional<SavedEncoder> encoder, String file)
      throws ImageException.UnusablePlan {
    if (encoder.isEmpty()) {
      // A script need not know whether a plan has compressed clusters, and may say --threads.
      return Optional.empty();
    }
    Encoding encoding = encoder.get().encoding();
    Optional<String> missing = encoding.missing();
    if (missing.isPresent() || !encoding.identity().equals(encoder.get().identity())) {
      throw new ImageException.UnusablePlan(
          file,
          "its clusters were compressed by "
              + encoder.get().identity()
              + ", and here is "
              + (missing.isPresent() ? "no such encoder" : encoding.identity()),
          "use the package that has made it, or make it again with this one");
    }
    return Optional.of(new CompressionArguments(encoding, threads(result)));
  }

  private static int threads(ParseResult result) {
    return number(result, THREADS, 1, MAX_THREADS)
        .orElse(Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors()));
  }

  private static boolean smallWindow(ParseResult result, boolean zstd) {
    String window = OptionSpecs.single(result, DEFLATE_WINDOW, USUAL_WINDOW);
    if (!WINDOWS.contains(window)) {
      throw OptionSpecs.refused(DEFLATE_WINDOW + " " + window, window, WINDOWS);
    }
    if (zstd && result.hasMatchedOption(DEFLATE_WINDOW)) {
      throw new IllegalArgumentException(
          DEFLATE_WINDOW + " does not go with zstd: it is for " + COMPRESS + "=zlib");
    }
    return window.equals(SMALL_WINDOW);
  }

  private static OptionalInt number(ParseResult result, String option, int least, int most) {
    String text = OptionSpecs.single(result, option, "");
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    OptionalLong number = ByteSize.parse(text);
    if (number.isEmpty() || number.getAsLong() < least || number.getAsLong() > most) {
      throw OptionSpecs.refused(option + " " + text, least + " to " + most);
    }
    return OptionalInt.of((int) number.getAsLong());
  }

  /**
   * For the conversion.
   *
   * @param cacheBytes of compressed data that may be kept
   * @param spoolDirectory for a temporary file of lengths, where a disk has very many clusters
   */
  public CompressionOptions options(long cacheBytes, Path spoolDirectory) {
    return new CompressionOptions(encoding, threads, cacheBytes, new LengthStore(spoolDirectory));
  }
}
