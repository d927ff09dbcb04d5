package io.github.qcow2tostdout.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A fenced block of the documentation.
 *
 * @param page where it is
 * @param line of its fence, from 1
 * @param mark what the line before it says: {@code example} and {@code file}, with a name; or
 *     nothing
 * @param name of the example or file
 * @param numbersVary whether the numbers in what the commands print are only examples
 * @param language behind the fence
 * @param text its lines
 */
public record DocumentedBlock(
    Path page,
    int line,
    String mark,
    String name,
    boolean numbersVary,
    String language,
    String text) {
  private static final Pattern MARK =
      Pattern.compile("<!-- (example|file): ([^ ,]+)(, numbers vary)? -->");
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^(\\$ |(sudo |mvn |qcow2-to-stdout )[^\\[\\]]*$)");

  /**
   * A command, and what it prints.
   *
   * @param command as it is typed
   * @param output of both streams, in whole lines
   */
  public record Step(String command, String output) {}

  /** All pages, the README first. */
  public static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.list(Path.of("docs"))) {
      return Stream.concat(
              Stream.of(Path.of("README.md")),
              docs.filter(page -> page.toString().endsWith(".md")).sorted())
          .toList();
    }
  }

  /** The blocks of all pages. */
  public static List<DocumentedBlock> all() throws IOException {
    List<DocumentedBlock> blocks = new ArrayList<>();
    for (Path page : pages()) {
      blocks.addAll(of(page, Files.readAllLines(page)));
    }
    return blocks;
  }

  private static List<DocumentedBlock> of(Path page, List<String> lines) {
    List<DocumentedBlock> blocks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("```")) {
        int end = i + 1;
        while (!lines.get(end).equals("```")) {
          end++;
        }
        Matcher mark = MARK.matcher(i == 0 ? "" : lines.get(i - 1));
        boolean marked = mark.matches();
        blocks.add(
            new DocumentedBlock(
                page,
                i + 1,
                marked ? mark.group(1) : "",
                marked ? mark.group(2) : "",
                marked && mark.group(3) != null,
                lines.get(i).substring(3),
                String.join("\n", lines.subList(i + 1, end)) + "\n"));
        i = end;
      }
    }
    return blocks;
  }

  /** Whether somebody may type what is in it; a synopsis, with its brackets, nobody can. */
  public boolean isCommands() {
    return switch (language) {
      case "sh", "bash", "shell", "console" -> true;
      default -> COMMAND.matcher(text).find();
    };
  }

  /** Whether it shows what the commands print. */
  public boolean isSession() {
    return text.startsWith("$ ");
  }

  /** The commands of a session. */
  public List<Step> steps() {
    return Stream.of(text.substring(2).split("(?m)^\\$ "))
        .map(step -> {
          int end = step.indexOf('\n');
          return new Step(step.substring(0, end), step.substring(end + 1));
        })
        .toList();
  }

  /** What a reader of a failure looks for. */
  public String place() {
    return page + ":" + line + (name.isEmpty() ? "" : " (" + name + ")");
  }

  @Override
  public String toString() {
    return place();
  }
}
