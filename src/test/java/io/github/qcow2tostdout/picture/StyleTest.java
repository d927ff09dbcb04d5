package io.github.qcow2tostdout.picture;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether colours can be told apart, as they are and as others see them. */
class StyleTest {
  /** From here on two fields beside each other are seen to differ. */
  private static final double LEAST = 10;

  /** Kinds that are told by a pattern. */
  private static boolean hasPattern(Style style) {
    return style == Style.LEAKED || style == Style.DAMAGED || style == Style.ZERO;
  }

  /**
   * Linear red, green and blue as one sees them.
   *
   * <p>Source: G. Machado et al., "A Physiologically-based Model for Simulation of Color Vision
   * Deficiency", 2009, severity 1.
   */
  private static double[][] eye(String name) {
    return switch (name) {
      case "protanopia" ->
          new double[][] {
            {0.152286, 1.052583, -0.204868},
            {0.114503, 0.786281, 0.099216},
            {-0.003882, -0.048116, 1.051998}
          };
      case "deuteranopia" ->
          new double[][] {
            {0.367322, 0.860646, -0.227968},
            {0.280085, 0.672501, 0.047413},
            {-0.011820, 0.042940, 0.968881}
          };
      case "tritanopia" ->
          new double[][] {
            {1.255528, -0.076749, -0.178779},
            {-0.078411, 0.930809, 0.147602},
            {0.004733, 0.691367, 0.303900}
          };
      default -> new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    };
  }

  @ParameterizedTest
  @CsvSource({"usual", "protanopia", "deuteranopia", "tritanopia"})
  void kindsAreToldApartByEveryone(String name) {
    for (boolean dark : new boolean[] {false, true}) {
      for (FilePart one : FilePart.values()) {
        for (FilePart other : FilePart.values()) {
          Style a = Style.valueOf(one.name());
          Style b = Style.valueOf(other.name());
          if (one.compareTo(other) < 0 && !hasPattern(a) && !hasPattern(b)) {
            double distance = distance(a.color(dark), b.color(dark), eye(name));
            assertTrue(
                distance >= LEAST,
                () -> one + " and " + other + ", dark " + dark + ": " + distance);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"INK, 7", "FAINT, 4.5"})
  void textCanBeRead(String text, double least) {
    for (boolean dark : new boolean[] {false, true}) {
      double one = luminance(Style.valueOf(text).color(dark));
      double other = luminance(Style.BACKGROUND.color(dark));
      double contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      assertTrue(contrast >= least, () -> text + ", dark " + dark + ": " + contrast);
    }
  }

  private static double luminance(String color) {
    double[] rgb = linear(color);
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
  }

  private static double[] linear(String color) {
    double[] rgb = new double[3];
    for (int i = 0; i < 3; i++) {
      double part = Integer.parseInt(color.substring(1 + 2 * i, 3 + 2 * i), 16) / 255.0;
      rgb[i] = part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
    }
    return rgb;
  }

  /** The distance in CIELAB. */
  private static double distance(String one, String other, double[][] eye) {
    double[] a = lab(seen(linear(one), eye));
    double[] b = lab(seen(linear(other), eye));
    return Math.sqrt(
        Math.pow(a[0] - b[0], 2) + Math.pow(a[1] - b[1], 2) + Math.pow(a[2] - b[2], 2));
  }

  private static double[] seen(double[] rgb, double[][] eye) {
    double[] seen = new double[3];
    for (int i = 0; i < 3; i++) {
      seen[i] = Math.clamp(eye[i][0] * rgb[0] + eye[i][1] * rgb[1] + eye[i][2] * rgb[2], 0.0, 1.0);
    }
    return seen;
  }

  private static double[] lab(double[] rgb) {
    double x = (0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.9505;
    double y = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
    double z = (0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.089;
    return new double[] {116 * root(y) - 16, 500 * (root(x) - root(y)), 200 * (root(y) - root(z))};
  }

  private static double root(double value) {
    return value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16.0 / 116;
  }
}
