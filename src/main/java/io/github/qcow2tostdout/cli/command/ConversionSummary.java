package io.github.qcow2tostdout.cli.command;

import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.format.Printable;
import io.github.qcow2tostdout.report.HumanSize;
import java.util.Locale;

/**
 * What a conversion came to, in a line for who has watched it.
 *
 * @param began when it began, by {@link System#nanoTime}
 */
record ConversionSummary(ConversionArguments arguments, Conversion conversion, long began) {
  String text() {
    long size = conversion.diskSize();
    long data =
        Math.min(
            size, conversion.allocatedClusters() * arguments.options().geometry().clusterSize());
    long stream = arguments.output().wrapping().streamSize(conversion.imageSize());
    long written = arguments.rangeEnd(stream) - arguments.part().range().from();
    double seconds = (System.nanoTime() - began) / 1e9;
    return Printable.masked(arguments.input())
        + ": "
        + HumanSize.of(size)
        + ", of which "
        + HumanSize.of(data)
        + " data and "
        + HumanSize.of(size - data)
        + " holes; "
        + HumanSize.withBytes(written)
        + " written in "
        + String.format(Locale.ROOT, "%.1f s, ", seconds)
        + HumanSize.of(written / seconds)
        + "/s";
  }
}
