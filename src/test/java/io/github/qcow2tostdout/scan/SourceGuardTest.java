package io.github.qcow2tostdout.scan;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.convert.MemorySource;
import io.github.qcow2tostdout.format.ImageException;
import io.github.qcow2tostdout.source.ChangeSign;
import io.github.qcow2tostdout.source.SourceIdentity;
import io.github.qcow2tostdout.testing.Seeds;
import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SourceGuardTest {
  private static final Instant NOON = Instant.parse("2024-01-01T12:00:00Z");

  /** The time of a world in which nothing takes any unless it waits. */
  private static final class World implements SourceGuard.Clock {
    private Instant now;
    private Consumer<World> meanwhile = world -> {};

    World(Instant now) {
      this.now = now;
    }

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public void await(Duration time) {
      now = now.plus(time);
      meanwhile.accept(this);
    }
  }

  /** A disk on a file system whose time stamps are cut to what it can store. */
  private static class CoarseDisk extends MemorySource {
    private final World world;
    private final long granularityNanos;
    private final Duration ahead;
    private FileTime stamp = FileTime.fromMillis(0);

    /**
     * @param ahead of our clock is the one of the file system
     */
    CoarseDisk(World world, Duration granularity, Duration ahead) {
      super(512);
      this.world = world;
      this.ahead = ahead;
      granularityNanos = granularity.toNanos();
    }

    void write() {
      Instant time = world.now().plus(ahead);
      long nanos = Duration.between(Instant.EPOCH, time).toNanos();
      stamp = FileTime.from(Instant.EPOCH.plusNanos(nanos - nanos % granularityNanos));
    }

    @Override
    public SourceIdentity identity() {
      return new SourceIdentity(512, Optional.of("1:2"), Optional.of(stamp), Optional.of(stamp));
    }
  }

  private static SourceGuard guard(CoarseDisk disk) throws IOException {
    return SourceGuard.of(disk, Optional.empty(), ChangeSign.CHANGE_TIME, disk.world);
  }

  @ParameterizedTest
  @CsvSource({
    // in ms: written after an even second, age, granularity, waited for
    "0, 0, 1000, 2020",
    "1000, 0, 1000, 1020",
    "1000, 1000, 1000, 20",
    "1000, 1019, 1000, 1",
    "1000, 1020, 1000, 0",
    "500, 500, 2000, 1020",
    "0, 2020, 2000, 0",
    "0, 0, 10, 2020",
    "10, 5, 10, 15",
    "10, 20, 10, 0"
  })
  void waitsUntilTheStampIsOlderThanItsGranularity(
      long written, long age, long granularity, long waited) throws IOException {
    World world = new World(NOON.plusMillis(written));
    CoarseDisk disk = new CoarseDisk(world, Duration.ofMillis(granularity), Duration.ZERO);
    disk.write();
    world.await(Duration.ofMillis(age));
    assertEquals(Duration.ofMillis(waited), guard(disk).waited());
  }

  @Test
  void diskOfLongAgoCostsNothing() throws IOException {
    World world = new World(NOON);
    CoarseDisk disk = new CoarseDisk(world, Duration.ofSeconds(2), Duration.ZERO);
    assertEquals(Duration.ZERO, guard(disk).waited());
  }

  @Test
  void changeWhileItWaitsIsAnError() {
    World world = new World(NOON);
    CoarseDisk disk = new CoarseDisk(world, Duration.ofSeconds(1), Duration.ZERO);
    disk.write();
    world.meanwhile = w -> disk.write();
    ImageException.SourceChanged e =
        assertThrows(ImageException.SourceChanged.class, () -> guard(disk));
    assertTrue(e.getMessage().contains("--detect-change"), e.getMessage());
  }

  @ParameterizedTest
  @EnumSource(
      value = ChangeSign.class,
      names = {"INODE", "SIZE", "NOTHING"})
  void wherePresentTimesDontCountNothingIsWaitedFor(ChangeSign sign) throws IOException {
    World world = new World(NOON);
    CoarseDisk disk = new CoarseDisk(world, Duration.ofSeconds(1), Duration.ZERO);
    disk.write();
    SourceGuard guard = SourceGuard.of(disk, Optional.empty(), sign, world);
    assertEquals(Duration.ZERO, guard.waited());
    world.await(Duration.ofSeconds(9));
    disk.write();
    assertDoesNotThrow(guard::verify);
  }

  @Test
  void baseIsWaitedForToo() throws IOException {
    World world = new World(NOON);
    CoarseDisk base = new CoarseDisk(world, Duration.ofSeconds(1), Duration.ZERO);
    base.write();
    CoarseDisk disk = new CoarseDisk(world, Duration.ofSeconds(1), Duration.ZERO);
    SourceGuard guard = SourceGuard.of(disk, Optional.of(base), ChangeSign.CHANGE_TIME, world);
    assertTrue(guard.waited().isPositive());
    base.write();
    assertThrows(ImageException.SourceChanged.class, guard::verify);
  }

  @Test
  void otherFilesOfADiskAreWaitedForToo() throws IOException {
    World world = new World(NOON);
    CoarseDisk backing = new CoarseDisk(world, Duration.ofSeconds(1), Duration.ZERO);
    backing.write();
    CoarseDisk disk =
        new CoarseDisk(world, Duration.ofSeconds(1), Duration.ZERO) {
          @Override
          public Map<String, SourceIdentity> others() {
            return Map.of("backing.raw", backing.identity());
          }
        };
    SourceGuard guard = guard(disk);
    assertTrue(guard.waited().isPositive());
    backing.write();
    assertThrows(ImageException.SourceChanged.class, guard::verify);
  }

  @Test
  void noWriteAfterTheGuardIsSetHasItsTime() throws IOException {
    Random random = Seeds.random(SourceGuardTest.class);
    long[] granularities = {1, 100, 10_000_000, 1_000_000_000, 2_000_000_000};
    for (int round = 0; round < 5000; round++) {
      World world = new World(NOON.plusNanos(random.nextLong(4_000_000_000L)));
      CoarseDisk disk =
          new CoarseDisk(
              world,
              Duration.ofNanos(granularities[random.nextInt(granularities.length)]),
              // The clock of a file server may be ahead, by any time.
              Duration.ofNanos(
                  random.nextBoolean() ? 0 : random.nextLong(1L << random.nextInt(40))));
      disk.write();
      if (disk.ahead.isZero()) {
        world.await(Duration.ofNanos(random.nextLong(1L << random.nextInt(1, 33))));
      }
      SourceGuard guard = guard(disk);
      // Nothing takes any time here; a tick always does.
      world.await(Duration.ofNanos(disk.granularityNanos == 1 ? 1 : 100));
      disk.write();
      assertThrows(ImageException.SourceChanged.class, guard::verify, "round " + round);
    }
  }
}
