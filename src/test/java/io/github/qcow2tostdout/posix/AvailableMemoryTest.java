package io.github.qcow2tostdout.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AvailableMemoryTest {
  private static final String CGROUPS = "sys/fs/cgroup/";
  private static final String NO_LIMIT_V1 = "9223372036854771712";

  private final FileSystem fileSystem = Jimfs.newFileSystem(Configuration.unix());
  private final Path root = fileSystem.getPath("/");

  @BeforeEach
  void system() throws IOException {
    write(
        "proc/meminfo",
        "MemTotal:        2000 kB\nMemAvailableX:     7 kB\nMemAvailable:    1000 kB\n");
    write("proc/self/cgroup", "");
  }

  @AfterEach
  void close() throws IOException {
    fileSystem.close();
  }

  @Test
  void withoutGroupsTheSystemDecides() {
    assertEquals(1000 << 10, estimate());
  }

  @Test
  void aKernelWithoutGroupsLimitsNothing() throws IOException {
    Files.delete(root.resolve("proc/self/cgroup"));
    assertEquals(1000 << 10, estimate());
  }

  @Test
  void aGroupOfVersion2LimitsIt() throws IOException {
    write("proc/self/cgroup", "0::/a\n");
    version2("a", "300000", "100000", 0);
    assertEquals(200_000, estimate());
  }

  @Test
  void whatAGroupCanGiveUpIsAvailable() throws IOException {
    write("proc/self/cgroup", "0::/a\n");
    version2("a", "300000", "100000", 40_000);
    assertEquals(240_000, estimate());
  }

  @Test
  void aGroupNeverHasMoreThanItsLimit() throws IOException {
    write("proc/self/cgroup", "0::/a\n");
    version2("a", "300000", "100000", 900_000);
    assertEquals(300_000, estimate());
  }

  @Test
  void aGroupOverItsLimitLeavesNothing() throws IOException {
    write("proc/self/cgroup", "0::/a\n");
    version2("a", "300000", "400000", 0);
    assertEquals(0, estimate());
  }

  @Test
  void aGroupLargerThanTheSystemDoesNotMatter() throws IOException {
    write("proc/self/cgroup", "0::/a\n");
    version2("a", "30000000000", "0", 0);
    assertEquals(1000 << 10, estimate());
  }

  @Test
  void aTighterParentDecides() throws IOException {
    write("proc/self/cgroup", "0::/a/b/c\n");
    version2("a", "200000", "50000", 0);
    version2("a/b", "max", "50000", 0);
    version2("a/b/c", "300000", "10000", 0);
    assertEquals(150_000, estimate());
  }

  @Test
  void aTighterChildDecides() throws IOException {
    write("proc/self/cgroup", "0::/a/b\n");
    version2("a", "500000", "0", 0);
    version2("a/b", "300000", "0", 0);
    assertEquals(300_000, estimate());
  }

  @Test
  void aGroupWithoutALimitLimitsNothing() throws IOException {
    write("proc/self/cgroup", "0::/a\n");
    version2("a", "max", "100000", 0);
    assertEquals(1000 << 10, estimate());
  }

  @Test
  void aGroupWithoutStatisticsCountsAllItsUse() throws IOException {
    write("proc/self/cgroup", "0::/a\n");
    version2("a", "300000", "100000", 0);
    write(CGROUPS + "a/memory.stat", "anon 5\n");
    assertEquals(200_000, estimate());
  }

  @Test
  void aContainerSeesItsGroupAsTheRoot() throws IOException {
    write("proc/self/cgroup", "0::/docker/0123\n");
    version2("", "300000", "100000", 0);
    assertEquals(200_000, estimate());
  }

  @Test
  void aGroupOutsideTheContainerIsNotLookedFor() throws IOException {
    write("proc/self/cgroup", "0::/../../proc\n");
    version2("", "300000", "100000", 0);
    write("proc/memory.max", "1");
    write("proc/memory.current", "0");
    assertEquals(200_000, estimate());
  }

  @Test
  void aGroupOfVersion1LimitsIt() throws IOException {
    write("proc/self/cgroup", "5:cpu,cpuacct:/b\n4:memory:/a\n");
    version1("a", "300000", "100000", 30_000);
    assertEquals(230_000, estimate());
  }

  @Test
  void aControllerMayShareItsHierarchy() throws IOException {
    write("proc/self/cgroup", "5:cpu,memory:/a\n");
    version1("a", "300000", "100000", 0);
    assertEquals(200_000, estimate());
  }

  @Test
  void aTighterParentOfVersion1Decides() throws IOException {
    write("proc/self/cgroup", "4:memory:/a/b\n");
    version1("", NO_LIMIT_V1, "0", 0);
    version1("a", "200000", "0", 0);
    version1("a/b", NO_LIMIT_V1, "0", 0);
    assertEquals(200_000, estimate());
  }

  @Test
  void aGroupOfAnotherControllerDoesNotMatter() throws IOException {
    write("proc/self/cgroup", "4:memoryless:/a\n");
    version1("a", "300000", "0", 0);
    assertEquals(1000 << 10, estimate());
  }

  @Test
  void inAHybridSystemTheGroupOfVersion1Decides() throws IOException {
    write("proc/self/cgroup", "4:memory:/a\n1:name=systemd:/b\n0::/c\n");
    version1("a", "300000", "0", 0);
    Files.createDirectories(root.resolve(CGROUPS + "unified/c"));
    assertEquals(300_000, estimate());
  }

  @Test
  void theTighterOfTwoHierarchiesDecides() throws IOException {
    write("proc/self/cgroup", "4:memory:/a\n0::/c\n");
    version1("a", "300000", "0", 0);
    version2("c", "200000", "0", 0);
    assertEquals(200_000, estimate());
  }

  @Test
  void aSystemThatDoesNotSayHasNothing() throws IOException {
    Files.delete(root.resolve("proc/meminfo"));
    assertEquals(0, estimate());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "MemAvailable:",
        "MemAvailable: ",
        "MemAvailable: -5 kB",
        "MemAvailable: many kB",
        "MemAvailable: 9223372036854775807 kB",
        "MemAvailable: 4611686018427387903 kB",
        "MemAvailable: 99999999999999999999999999 kB",
        "\u0000\u0001\u0002"
      })
  void rubbishAboutTheSystemIsNothing(String meminfo) throws IOException {
    write("proc/meminfo", meminfo);
    assertEquals(0, estimate());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rubbish",
        ":::",
        "::",
        "0:",
        "\n\n",
        "x:y:z:w",
        "0:memories:/a",
        "0::",
        "4:memory:",
        "0::a",
        "\u00e4"
      })
  void rubbishAboutGroupsLimitsNothing(String groups) throws IOException {
    write("proc/self/cgroup", groups);
    assertEquals(1000 << 10, estimate());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "many", "-", "1.5", "0x10", "999999999999999999999"})
  void rubbishForALimitLimitsNothing(String limit) throws IOException {
    write("proc/self/cgroup", "0::/a\n");
    version2("a", limit, "0", 0);
    assertEquals(1000 << 10, estimate());
  }

  @Test
  void aNegativeLimitLeavesNothing() throws IOException {
    write("proc/self/cgroup", "0::/a\n");
    version2("a", "-1", "0", 0);
    assertEquals(0, estimate());
  }

  @Test
  void thisSystemHasAnAnswer() {
    assertTrue(AvailableMemory.bytes() >= 0);
  }

  private long estimate() {
    return new AvailableMemory(root).estimate();
  }

  private void version2(String group, String limit, String used, long inactive) throws IOException {
    write(CGROUPS + group + "/memory.max", limit + "\n");
    write(CGROUPS + group + "/memory.current", used + "\n");
    write(CGROUPS + group + "/memory.stat", "anon 5\ninactive_file " + inactive + "\n");
  }

  private void version1(String group, String limit, String used, long inactive) throws IOException {
    write(CGROUPS + "memory/" + group + "/memory.limit_in_bytes", limit + "\n");
    write(CGROUPS + "memory/" + group + "/memory.usage_in_bytes", used + "\n");
    write(
        CGROUPS + "memory/" + group + "/memory.stat",
        "inactive_file 1\ntotal_inactive_file " + inactive + "\n");
  }

  private void write(String name, String content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
