package io.github.qcow2tostdout.picture;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.report.ReportOutput;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** Writes a drawing, in one file that needs no other. */
public final class PictureWriter {
  private final Caption caption;
  private final Drawing drawing;

  public PictureWriter(Caption caption, Drawing drawing) {
    this.caption = caption;
    this.drawing = drawing;
  }

  /**
   * Writes it as SVG.
   *
   * @throws io.github.qcow2tostdout.report.ReportException if the output fails
   */
  public void writeSvg(WritableByteChannel channel) throws IOException {
    ReportOutput out = new ReportOutput(channel);
    new SvgPicture(caption, drawing, false).write(new XmlWriter(out));
    out.flush();
  }

  /** Writes it as a page, on which each part says what it is when it is pointed at. */
  public void writeHtml(WritableByteChannel channel) throws IOException {
    ReportOutput out = new ReportOutput(channel);
    out.write("<!DOCTYPE html>\n".getBytes(UTF_8));
    XmlWriter xml = new XmlWriter(out);
    xml.begin("html", "lang", "en").line().begin("head").line();
    xml.empty("meta", "charset", "utf-8").line();
    // Nothing from elsewhere, whatever an image has in it.
    xml.empty(
            "meta",
            "http-equiv",
            "Content-Security-Policy",
            "content",
            "default-src 'none'; style-src 'unsafe-inline'")
        .line();
    xml.empty("meta", "name", "viewport", "content", "width=device-width").line();
    xml.text("title", caption.title()).line();
    xml.begin("style")
        .raw(
            "body{margin:0 auto;max-width:"
                + SvgPicture.WIDTH
                + "px;background:var(--background)}svg{width:100%;height:auto}"
                + "svg path:hover{opacity:.75}")
        .end()
        .line();
    xml.end().line().begin("body").line();
    new SvgPicture(caption, drawing, true).write(xml);
    xml.end().line().end().line();
    out.flush();
  }
}
