package io.github.qcow2tostdout.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceIdentityTest {
  private static final FileTime MONDAY = FileTime.from(Instant.parse("2024-01-01T00:00:00Z"));
  private static final FileTime TUESDAY = FileTime.from(Instant.parse("2024-01-02T00:00:00Z"));
  private static final FileTime FRIDAY = FileTime.from(Instant.parse("2024-01-05T00:00:00Z"));
  private static final SourceIdentity BEFORE =
      new SourceIdentity(10, Optional.of("1:2"), Optional.of(MONDAY), Optional.of(TUESDAY));

  @Test
  void theSameIsNotDifferent() {
    assertDifference(
        "", new SourceIdentity(10, Optional.of("1:2"), Optional.of(MONDAY), Optional.of(TUESDAY)));
  }

  @Test
  void anotherSizeIsNamed() {
    assertDifference(
        "its size was 10 bytes and is 11 bytes",
        new SourceIdentity(11, BEFORE.inode(), BEFORE.modified(), BEFORE.changed()));
  }

  @Test
  void anotherInodeIsNamed() {
    assertDifference(
        "another file has taken its name",
        new SourceIdentity(10, Optional.of("1:3"), BEFORE.modified(), BEFORE.changed()));
  }

  @Test
  void aNameThatIsGoneIsNotAnotherFile() {
    assertDifference(
        "its name is gone: it was removed or renamed",
        new SourceIdentity(10, Optional.empty(), Optional.empty(), Optional.empty()));
  }

  @Test
  void anotherTimeOfModificationIsNamed() {
    assertDifference(
        "its time of modification was " + MONDAY + " and is " + FRIDAY,
        new SourceIdentity(10, BEFORE.inode(), Optional.of(FRIDAY), BEFORE.changed()));
  }

  @Test
  void anotherTimeOfChangeIsNamed() {
    assertDifference(
        "its time of change was " + TUESDAY + " and is " + FRIDAY,
        new SourceIdentity(10, BEFORE.inode(), BEFORE.modified(), Optional.of(FRIDAY)));
  }

  @Test
  void aTimeThatIsNotKnownAnyMoreIsNamed() {
    assertDifference(
        "its time of change was " + TUESDAY + " and is unknown",
        new SourceIdentity(10, BEFORE.inode(), BEFORE.modified(), Optional.empty()));
  }

  @Test
  void whatIsNotKnownOnEitherSideIsTheSame() {
    SourceIdentity device =
        new SourceIdentity(10, Optional.of("1:2"), Optional.empty(), Optional.empty());
    assertEquals(
        Optional.empty(),
        device.differenceTo(
            new SourceIdentity(10, Optional.of("1:2"), Optional.empty(), Optional.empty())));
  }

  @ParameterizedTest
  @CsvSource({
    "CHANGE_TIME, its time of change was",
    "MODIFICATION_TIME, its time of modification was",
    "INODE, another file has taken its name",
    "SIZE, its size was",
    "NOTHING, ''"
  })
  void onlyWhatCountsDiffers(ChangeSign sign, String fact) {
    SourceIdentity kept = BEFORE.only(sign);
    Optional<FileTime> friday = Optional.of(FRIDAY);
    // Each differs in one thing more than the one before it.
    List<SourceIdentity> later =
        List.of(
            new SourceIdentity(10, BEFORE.inode(), BEFORE.modified(), friday),
            new SourceIdentity(10, BEFORE.inode(), friday, friday),
            new SourceIdentity(10, Optional.of("1:3"), friday, friday),
            new SourceIdentity(11, Optional.of("1:3"), friday, friday));
    int counts = List.of(ChangeSign.values()).indexOf(sign);
    for (int i = 0; i < later.size(); i++) {
      String difference = kept.differenceTo(later.get(i).only(sign)).orElse("");
      if (i < counts) {
        assertEquals("", difference);
      } else if (i == counts) {
        assertTrue(difference.startsWith(fact), difference);
      }
    }
  }

  private static void assertDifference(String expected, SourceIdentity later) {
    // What follows in brackets is advice.
    assertEquals(expected, BEFORE.differenceTo(later).orElse("").replaceFirst(" \\(.*", ""));
  }
}
