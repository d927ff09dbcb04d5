package io.github.qcow2tostdout.source.qemu;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program of QEMU's that reads an image and exports it over NBD on a Unix socket, read-only, as
 * {@link #EXPORT}.
 */
enum QemuProgram {
  /** What the exports of a running QEMU are made of, alone. */
  STORAGE_DAEMON("qemu-storage-daemon") {
    @Override
    List<String> arguments(String node, Path socket) {
      // In this order what is wrong with the image is said before there is a socket.
      return List.of(
          "--blockdev",
          node,
          "--nbd-server",
          "{\"addr\":{\"type\":\"unix\",\"path\":" + ImageNode.quoted(socket.toString()) + "}}",
          "--export",
          "{\"type\":\"nbd\",\"id\":\"export\",\"node-name\":\"image\",\"name\":\""
              + EXPORT
              + "\"}");
    }
  },

  /** What there was before; it ends with its first client. */
  NBD("qemu-nbd") {
    @Override
    List<String> arguments(String node, Path socket) {
      return List.of(
          "--read-only", "--export-name=" + EXPORT, "--socket=" + socket, "json:" + node);
    }
  };

  /** What the export is called. */
  static final String EXPORT = "disk";

  private final String program;

  QemuProgram(String program) {
    this.program = program;
  }

  /** What it is called. */
  String program() {
    return program;
  }

  /** The command that exports a node on a socket. */
  List<String> command(Path executable, String node, Path socket) {
    List<String> command = new ArrayList<>(List.of(executable.toString()));
    command.addAll(arguments(node, socket));
    return command;
  }

  abstract List<String> arguments(String node, Path socket);

  /**
   * What a program said, without what the user did not write: its name and its options.
   *
   * @param node as in {@link #arguments}
   */
  String withoutOptions(String said, String node) {
    List<String> lines = new ArrayList<>();
    for (String line : said.strip().split("\n")) {
      lines.add(
          // Not where a path ends so, in what the shell says.
          line.strip()
              .replaceFirst("^" + program + ": ", "")
              .replace("--blockdev " + node + ": ", "")
              .replace("Failed to blk_new_open 'json:" + node + "': ", ""));
    }
    return String.join("; ", lines);
  }
}
