package io.github.qcow2tostdout.picture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class XmlWriterTest {
  private static Element parsed(String attribute, String text) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new XmlWriter(out).begin("a", "b", attribute).text("c", text).end();
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(out.toByteArray()))
        .getDocumentElement();
  }

  @Test
  void anyTextBecomesTextThatXmlAllows() throws Exception {
    StringBuilder all = new StringBuilder("</style><script>alert('&amp;')</script>]]><!-- \" ");
    for (int c = 0; c <= 0x10ffff; c += c < 0x300 || (c > 0xd7f0 && c < 0x10020) ? 1 : 97) {
      all.appendCodePoint(c);
    }
    Element element = parsed(all.toString(), all.toString());
    assertEquals("c", element.getFirstChild().getNodeName());
    assertEquals(1, element.getChildNodes().getLength());
    assertEquals(1, element.getFirstChild().getChildNodes().getLength());
    assertEquals(element.getAttribute("b"), element.getTextContent());
  }

  @Test
  void aTextThatIsTooLongIsCutBetweenCharacters() {
    assertEquals("short", XmlWriter.cut("short", 5));
    assertEquals("💾💾…", XmlWriter.cut("💾💾💾💾", 3));
    assertEquals("\\u001b[", XmlWriter.cut("\u001b[", 10));
  }

  @Test
  void anElementWithNothingInItIsClosedAtOnce() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new XmlWriter(out).begin("a").empty("b", "n", 1).text("").end();
    assertEquals("<a><b n=\"1\"/></a>", out.toString(UTF_8));
  }
}
