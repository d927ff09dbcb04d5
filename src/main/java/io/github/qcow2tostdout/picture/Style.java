package io.github.qcow2tostdout.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The colours: those of Okabe and Ito, which most eyes can tell apart, with others of the same hues
 * that differ in lightness; and for what is wrong or empty a pattern too. For light and dark.
 *
 * <p>Source: M. Okabe, K. Ito: "Color Universal Design", 2008.
 */
enum Style {
  BACKGROUND("#ffffff", "#15181c"),
  INK("#1b1f24", "#e8eaed"),
  FAINT("#59626d", "#9aa4b0"),
  RULE("#c4cad1", "#444c56"),
  HEADER("#1b1f24", "#f2f4f6"),
  REFCOUNTS("#e69f00", "#e69f00"),
  L1("#54278f", "#7647c4"),
  L2("#cc79a7", "#e59ac3"),
  BITMAPS("#8c6d31", "#b5925a"),
  SNAPSHOTS("#7cc4ee", "#a5d8f5"),
  ENCRYPTION("#4f5862", "#7a848f"),
  DATA("#0072b2", "#2f8fd0"),
  COMPRESSED("#009e73", "#22b58a"),
  LEAKED("#d55e00", "#f07a28"),
  DAMAGED("#d55e00", "#f07a28"),
  ZERO("#c9ced4", "#5d6772"),
  UNUSED("#f1f3f5", "#20252b");

  private final String light;
  private final String dark;

  Style(String light, String dark) {
    this.light = light;
    this.dark = dark;
  }

  /** Its colour, as {@code #rrggbb}. */
  String color(boolean onDark) {
    return onDark ? dark : light;
  }

  private String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The style sheet of a picture. */
  static String sheet() {
    StringBuilder sheet = new StringBuilder("\n:root{color-scheme:light dark;");
    sheet.append(variables(false)).append("}\n@media(prefers-color-scheme:dark){:root{");
    sheet.append(variables(true)).append("}}\n");
    sheet.append("svg{background:var(--background)}\n");
    for (Style style : values()) {
      sheet.append('.').append(style.id()).append("{fill:var(--").append(style.id()).append(")}\n");
    }
    sheet
        .append(".leaked{fill:url(#stripes)}.damaged{fill:url(#crosses)}\n")
        .append(".zero{fill:url(#dots)}\n")
        .append(".some{fill-opacity:.45}\n")
        .append(".mark{fill:var(--leaked)}\n")
        .append(".frame{fill:none;stroke:var(--rule)}\n")
        .append(".gaps{fill:none;stroke:var(--background)}\n")
        .append(".curve{fill:none;stroke:var(--faint);stroke-opacity:.6}\n")
        .append(".links path{fill:none;stroke:var(--faint)}\n")
        .append("text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',")
        .append("'DejaVu Sans',sans-serif;fill:var(--ink)}\n")
        .append(".title{font-size:20px;font-weight:600}.head{font-weight:600}\n")
        .append(".small{font-size:12px;fill:var(--faint)}\n")
        .append(".number{text-anchor:end;font-variant-numeric:tabular-nums}\n");
    return sheet.toString();
  }

  private static String variables(boolean onDark) {
    List<String> variables = new ArrayList<>();
    for (Style style : values()) {
      variables.add("--" + style.id() + ":" + style.color(onDark));
    }
    return String.join(";", variables);
  }
}
