package io.github.qcow2tostdout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.testing.DocumentedBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The links between the pages of the documentation lead somewhere, and to all of them. */
final class DocsLinksTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  @Test
  void everyLinkLeadsToAFileAndToAHeadingInIt() throws Exception {
    List<String> broken = new ArrayList<>();
    for (Path page : DocumentedBlock.pages()) {
      for (String link : links(page)) {
        int hash = link.indexOf('#');
        String name = hash < 0 ? link : link.substring(0, hash);
        Path target = name.isEmpty() ? page : page.resolveSibling(name).normalize();
        boolean found =
            Files.exists(target)
                && (hash < 0 || anchors(target).contains(link.substring(hash + 1)));
        if (!found) {
          broken.add(page + ": " + link);
        }
      }
    }
    assertEquals(List.of(), broken);
  }

  @Test
  void everyPageIsInBothIndexes() throws Exception {
    Set<String> index = new HashSet<>(links(Path.of("docs/README.md")));
    Set<String> readme = new HashSet<>(links(Path.of("README.md")));
    for (Path page : DocumentedBlock.pages()) {
      if (!page.endsWith("README.md")) {
        assertTrue(index.contains(page.getFileName().toString()), page + " in docs/README.md");
        assertTrue(readme.contains(page.toString()), page + " in README.md");
      }
    }
  }

  @Test
  void everyPageHasOneTitleAtItsTop() throws Exception {
    for (Path page : DocumentedBlock.pages()) {
      List<String> lines = withoutBlocks(page);
      assertTrue(lines.getFirst().startsWith("# "), page::toString);
      assertEquals(1, lines.stream().filter(line -> line.startsWith("# ")).count(), page::toString);
    }
  }

  /** Links within the documentation. */
  private static List<String> links(Path page) throws IOException {
    return LINK.matcher(String.join("\n", withoutBlocks(page)))
        .results()
        .map(link -> link.group(1))
        .filter(link -> !link.startsWith("https://"))
        .toList();
  }

  /** What code hosts make of headings. */
  private static Set<String> anchors(Path page) throws IOException {
    Set<String> anchors = new HashSet<>();
    Map<String, Integer> seen = new HashMap<>();
    for (String line : withoutBlocks(page)) {
      if (line.matches("#+ .*")) {
        String anchor =
            line.replaceFirst("#+ ", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                .replace(' ', '-');
        int before = seen.merge(anchor, 1, Integer::sum) - 1;
        anchors.add(before == 0 ? anchor : anchor + "-" + before);
      }
    }
    return anchors;
  }

  private static List<String> withoutBlocks(Path page) throws IOException {
    List<String> lines = new ArrayList<>();
    boolean inside = false;
    for (String line : Files.readAllLines(page)) {
      if (line.startsWith("```")) {
        inside = !inside;
      } else if (!inside) {
        lines.add(line);
      }
    }
    return lines;
  }
}
