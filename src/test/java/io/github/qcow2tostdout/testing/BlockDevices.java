package io.github.qcow2tostdout.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Block devices and file systems over files, for as long as a test takes. Only root may make them.
 */
public final class BlockDevices {
  private final Deque<List<Object>> undo = new ArrayDeque<>();

  /**
   * Attaches a loop device to a file, or ends the test as skipped: no package brings what it needs,
   * and in a container the kernel may refuse root too.
   *
   * @param options of losetup
   * @return the device's path
   */
  public String loop(Path file, Object... options) throws IOException, InterruptedException {
    List<Object> arguments = new ArrayList<>(List.of("--find", "--show"));
    arguments.addAll(Arrays.asList(options));
    arguments.add(file);
    Outcome outcome = Tool.LOSETUP.run(arguments.toArray());
    if (outcome.code() != 0) {
      Tool.impossible("no loop device is to be had: " + outcome.err());
    }
    String device = outcome.out().strip();
    undo.push(List.of(Tool.LOSETUP, "--detach", device));
    return device;
  }

  /**
   * Makes a part of a device a partition of it, without a partition table.
   *
   * @return the partition's path
   */
  public String partition(String device, int number, long offset, long size)
      throws IOException, InterruptedException {
    Outcome outcome = Tool.ADDPART.run(device, number, offset / 512, size / 512);
    if (outcome.code() != 0) {
      Tool.impossible("no partition is to be had: " + outcome.err());
    }
    undo.push(List.of(Tool.DELPART, device, number));
    return device + "p" + number;
  }

  /**
   * Maps a device, or ends the test as skipped if the kernel has no device mapper.
   *
   * @param table lines of dmsetup
   * @return the device's path
   */
  public String mapped(String table) throws IOException, InterruptedException {
    String name = "qcow2-to-stdout-" + ProcessHandle.current().pid() + "-" + undo.size();
    Outcome outcome = Tool.DMSETUP.run("create", name, "--table", table);
    if (outcome.code() != 0) {
      Tool.impossible("the kernel maps no devices: " + outcome.err());
    }
    undo.push(List.of(Tool.DMSETUP, "remove", "--retry", name));
    return "/dev/mapper/" + name;
  }

  /**
   * Makes a file system in a file and mounts it, or ends the test as skipped.
   *
   * @param directory where it is mounted, which is made
   * @param options of mke2fs
   */
  public void mounted(Path file, Path directory, Object... options)
      throws IOException, InterruptedException {
    List<Object> arguments = new ArrayList<>(List.of("-q", "-F"));
    arguments.addAll(Arrays.asList(options));
    arguments.addAll(List.of(file, "64M"));
    Tool.MKE2FS.runWell(arguments.toArray());
    mount(file, directory);
  }

  /**
   * Mounts a file with a file system in it, or ends the test as skipped.
   *
   * @param directory where it is mounted, which is made
   */
  public void mount(Path file, Path directory) throws IOException, InterruptedException {
    Files.createDirectory(directory);
    Outcome outcome = Tool.MOUNT.run(loop(file), directory);
    if (outcome.code() != 0) {
      Tool.impossible("nothing can be mounted: " + outcome.err());
    }
    undo.push(List.of(Tool.UMOUNT, directory));
  }

  /** Takes them all away again. */
  public void detach() throws IOException, InterruptedException {
    while (!undo.isEmpty()) {
      List<Object> command = undo.pop();
      if (command.getFirst() instanceof Tool tool) {
        tool.runWell(command.subList(1, command.size()).toArray());
      }
    }
  }
}
