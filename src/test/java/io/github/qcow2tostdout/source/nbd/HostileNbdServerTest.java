package io.github.qcow2tostdout.source.nbd;

import static io.github.qcow2tostdout.source.nbd.FakeNbdServer.DATA;
import static io.github.qcow2tostdout.source.nbd.FakeNbdServer.DONE;
import static io.github.qcow2tostdout.source.nbd.FakeNbdServer.ERROR;
import static io.github.qcow2tostdout.source.nbd.FakeNbdServer.HOLE;
import static io.github.qcow2tostdout.source.nbd.FakeNbdServer.NONE;
import static io.github.qcow2tostdout.source.nbd.FakeNbdServer.STATUS;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qcow2tostdout.source.DataExtents;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that lie, ramble or die: each ends in an error, none in bytes that are not there. */
@Timeout(60)
class HostileNbdServerTest {
  private static final int SIZE = 1 << 20;

  @TempDir Path directory;

  /** What a server says to a request, in place of the truth. */
  interface Lie {
    void to(FakeNbdServer server, FakeNbdServer.Request request, DataOutputStream out)
        throws IOException;
  }

  /** A payload, made for a request. */
  interface Payload {
    byte[] of(FakeNbdServer server, FakeNbdServer.Request request);
  }

  /** So many bytes of the disk from the request's offset and some more on. */
  private static Payload data(long skip, long length) {
    return (server, request) -> server.data(request.offset() + skip, length);
  }

  private static Payload hole(long skip, long length) {
    return (server, request) -> FakeNbdServer.hole(request.offset() + skip, length);
  }

  private static Payload bytes(int... bytes) {
    return (server, request) -> toBytes(bytes);
  }

  private static byte[] toBytes(int... bytes) {
    byte[] array = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      array[i] = (byte) bytes[i];
    }
    return array;
  }

  private static Payload zeroes(int count) {
    return bytes(new int[count]);
  }

  private static Payload extents(long... descriptors) {
    return (server, request) -> FakeNbdServer.extents(descriptors);
  }

  private static Payload error(int value, String message) {
    return (server, request) -> FakeNbdServer.error(value, message);
  }

  private static Lie chunk(int flags, int type, Payload payload) {
    return (server, request, out) ->
        FakeNbdServer.chunk(out, flags, type, request.cookie(), payload.of(server, request));
  }

  private static Lie chunkForAnother(Payload payload) {
    return (server, request, out) ->
        FakeNbdServer.chunk(out, DONE, DATA, request.cookie() + 1000, payload.of(server, request));
  }

  /** The last chunk of a reply, as far as its length, with what may follow that. */
  private static Lie header(int type, long length, Lie... rest) {
    return (server, request, out) -> {
      FakeNbdServer.chunkHeader(out, DONE, type, request.cookie(), length);
      inTurn(rest).to(server, request, out);
    };
  }

  private static Lie offset() {
    return (server, request, out) -> out.writeLong(request.offset());
  }

  private static Lie raw(Payload payload) {
    return (server, request, out) -> out.write(payload.of(server, request));
  }

  private static Lie simple(int length) {
    return (server, request, out) -> {
      out.writeInt(FakeNbdServer.SIMPLE);
      out.writeInt(0);
      out.writeLong(request.cookie());
      out.write(new byte[length]);
    };
  }

  private static Lie truth() {
    return (server, request, out) -> server.answer(request, out);
  }

  private static Lie end() {
    return (server, request, out) -> server.hangUp();
  }

  private static Lie inTurn(Lie... lies) {
    return (server, request, out) -> {
      for (Lie lie : lies) {
        lie.to(server, request, out);
      }
    };
  }

  private static Lie forever(Lie lie) {
    return (server, request, out) -> {
      while (true) {
        lie.to(server, request, out);
      }
    };
  }

  static Stream<Arguments> liesAboutData() {
    return Stream.of(
        // What it is in reply to.
        lie("no reply where one belongs", raw(zeroes(100))),
        lie("a reply to a request that is not under way", chunkForAnother(data(0, 8))),
        // One of them is in reply to the first request still.
        lie("a reply to a request that is not under way", inTurn(truth(), truth(), truth())),

        // Where data belongs.
        lie(
            "4096 bytes at byte 69632 in the reply to a read of 4096 bytes at byte 65536",
            chunk(DONE, DATA, data(4096, 4096))),
        lie("4096 bytes at byte 65535 in the reply", chunk(DONE, DATA, data(-1, 4096))),
        lie("4097 bytes at byte 65536 in the reply", chunk(DONE, DATA, data(0, 4097))),
        lie("4294967287 bytes at byte ", header(DATA, 0xffff_ffffL, offset(), raw(zeroes(1000)))),
        lie(
            "bytes at byte 18446744073709551615 in the reply",
            header(DATA, 4104, raw(bytes(-1, -1, -1, -1, -1, -1, -1, -1)), raw(zeroes(4096)))),
        lie("0 bytes at byte 65536", chunk(DONE, HOLE, hole(0, 0))),
        lie("4294967295 bytes at byte 65536", chunk(DONE, HOLE, hole(0, -1))),

        // What comes twice, and what does not come.
        lie(
            "data at byte 65636 that was there already",
            inTurn(chunk(0, DATA, data(0, 200)), chunk(DONE, DATA, data(100, 3996)))),
        lie(
            "data at byte 65836 that was there already",
            inTurn(chunk(0, DATA, data(400, 200)), chunk(DONE, HOLE, hole(300, 101)))),
        lie(
            "ends without the data at byte 65636",
            inTurn(chunk(0, DATA, data(0, 100)), chunk(DONE, DATA, data(101, 3995)))),
        lie("ends without the data at byte 65536", chunk(DONE, NONE, zeroes(0))),
        lie("ends without the data at byte 69631", chunk(DONE, DATA, data(0, 4095))),

        // Chunks that can't be.
        lie("a chunk of type 1 and 8 bytes", chunk(DONE, DATA, data(0, 0))),
        lie("a chunk of type 2 and 11 bytes", chunk(DONE, HOLE, zeroes(11))),
        lie("a chunk of type 0 and 0 bytes", chunk(0, NONE, zeroes(0))),
        lie("a chunk of type 5 and 12 bytes", chunk(DONE, STATUS, extents(4096, 0))),
        lie("a chunk of type 77 and 4 bytes", chunk(DONE, 77, zeroes(4))),
        lie("a simple reply where a structured one belongs", simple(4096)),

        // Errors.
        lie("an error of 5 bytes", chunk(DONE, ERROR, zeroes(5))),
        lie("an error of 4294967295 bytes", header(ERROR, -1)),
        lie(
            "an error with a message of 100 bytes",
            chunk(DONE, ERROR, bytes(0, 0, 0, 5, 0, 100, 'x'))),
        lie("errors without end", forever(chunk(0, ERROR, error(5, "again")))),
        // Of a type to come, with fields that are not known.
        lie(
            "the server says: Input/output error",
            chunk(DONE, 0x8077, bytes(0, 0, 0, 5, 0, 0, 1, 2, 3))),
        lie("the server says: error 4294967295 (?", chunk(DONE, ERROR, error(-1, "?\u001b[2J"))),

        // The end, at once and in the middle.
        lie("the server has closed the connection", end()),
        lie(
            "the server has closed the connection",
            header(DATA, 4104, offset(), raw(zeroes(4095)), end())),
        lie(
            "the server has closed the connection",
            inTurn(raw(bytes(0x66, 0x8e, 0x33, 0xef)), end())));
  }

  static Stream<Arguments> liesAboutExtents() {
    return Stream.of(
        lie("an extent of no bytes at byte 0", says(0, 0)),
        lie("an extent of no bytes at byte 100", says(100, 0, 0, 2)),
        lie("an extent at byte 1048576, where nothing was asked for", says(SIZE, 2, 1, 0)),
        lie("an extent at byte 1048576, where nothing was asked for", says(-1, 2, 5, 0)),
        lie("a block status of 4 bytes", says()),
        lie("a block status of 8 bytes", says(5)),
        lie("a block status of 4294967292 bytes", header(STATUS, 0xffff_fffcL)),
        lie("a block status of 0 bytes", chunk(DONE, STATUS, zeroes(0))),
        lie(
            "the block status of a context that was not asked for",
            chunk(DONE, STATUS, zeroes(12))),
        lie(
            "two block statuses",
            inTurn(chunk(0, STATUS, extents(SIZE, 2)), chunk(DONE, STATUS, extents(SIZE, 0)))),
        lie("no block status", chunk(DONE, NONE, zeroes(0))),
        lie("a chunk of type 1", chunk(DONE, DATA, data(0, 10))),
        lie("a simple reply where a structured one belongs", simple(0)),
        lie("the server has closed the connection", end()));
  }

  private static Lie says(long... descriptors) {
    return chunk(DONE, STATUS, extents(descriptors));
  }

  private static Arguments lie(String expected, Lie lie) {
    return Arguments.of(expected, lie);
  }

  private FakeNbdServer lying(int command, Lie lie) throws IOException {
    return new FakeNbdServer(directory, new byte[SIZE]) {
      @Override
      void request(Request request, DataOutputStream out) throws IOException {
        // The first request is answered well: what counts is that the client notices anywhere.
        if (request.command() != command || (command == READ && request.offset() == 0)) {
          answer(request, out);
        } else {
          lie.to(this, request, out);
        }
      }
    };
  }

  @ParameterizedTest(name = "{index}: {0}")
  @MethodSource("liesAboutData")
  void lieAboutDataIsAnError(String expected, Lie lie) throws Exception {
    try (FakeNbdServer server = lying(FakeNbdServer.READ, lie);
        NbdSource source = NbdSource.open(server.uri(), true)) {
      assertEquals(4096, source.read(ByteBuffer.allocate(4096), 0));
      FileSystemException e =
          assertThrows(
              FileSystemException.class,
              () -> {
                source.read(ByteBuffer.allocate(4096), 65536);
                // What came too much is noticed by who waits next.
                source.read(ByteBuffer.allocate(4096), 131072);
                source.read(ByteBuffer.allocate(4096), 196608);
              });
      assertEquals(server.uri().text(), e.getFile());
      assertTrue(e.getReason().contains(expected), e::getReason);
    }
  }

  @ParameterizedTest(name = "{index}: {0}")
  @MethodSource("liesAboutExtents")
  void lieAboutExtentsIsAnError(String expected, Lie lie) throws Exception {
    try (FakeNbdServer server = lying(FakeNbdServer.BLOCK_STATUS, lie);
        NbdSource source = NbdSource.open(server.uri(), true)) {
      DataExtents extents = source.dataExtents();
      FileSystemException e =
          assertThrows(
              FileSystemException.class,
              () -> {
                while (extents.next()) {
                  assertTrue(extents.to() <= SIZE);
                }
              });
      assertTrue(e.getReason().contains(expected), e::getReason);
    }
  }

  /** A connection out of step stays unusable: what comes next could be anybody's bytes. */
  @Test
  void brokenConnectionStaysBroken() throws Exception {
    try (FakeNbdServer server =
            lying(
                FakeNbdServer.READ,
                (it, request, out) -> {
                  out.write(new byte[64]);
                  it.answer(request, out);
                });
        NbdSource source = NbdSource.open(server.uri(), true)) {
      for (int round = 0; round < 3; round++) {
        FileSystemException e =
            assertThrows(
                FileSystemException.class, () -> source.read(ByteBuffer.allocate(10), 65536));
        assertTrue(e.getReason().contains("no reply where one belongs"), e::getReason);
        // Not even what has to come over it, though this part was never asked for.
        assertThrows(
            FileSystemException.class, () -> source.read(ByteBuffer.allocate(10), 500_000));
      }
    }
  }

  @Test
  void threadsThatWaitAllLearnOfTheEnd() throws Exception {
    try (FakeNbdServer server =
            lying(
                FakeNbdServer.READ,
                (it, request, out) -> {
                  if (it.requests(FakeNbdServer.READ).size() == 4) {
                    it.hangUp();
                  }
                });
        NbdSource source = NbdSource.open(server.uri(), true)) {
      Thread[] threads = new Thread[4];
      String[] reasons = new String[threads.length];
      for (int i = 0; i < threads.length; i++) {
        int index = i;
        threads[i] =
            Thread.ofPlatform()
                .start(() -> {
                  FileSystemException e =
                      assertThrows(
                          FileSystemException.class,
                          () -> source.read(ByteBuffer.allocate(10), 65536L * (index + 1)));
                  reasons[index] = e.getReason();
                });
      }
      for (int i = 0; i < threads.length; i++) {
        threads[i].join();
        assertEquals("the server has closed the connection", reasons[i]);
      }
    }
  }

  // Negotiation.

  /** What a server says in negotiation, in place of the truth. */
  interface Negotiation {
    /** Answers an option; true if transmission starts. */
    boolean answer(FakeNbdServer server, int option, DataOutputStream out) throws IOException;
  }

  static Stream<Arguments> negotiations() {
    return Stream.of(
        // Refusals.
        negotiation(
            "the server refuses: it has no such export (no disk of that name)",
            go(refusal(6, "no disk of that name"))),
        negotiation("the server refuses: its policy forbids it", go(refusal(2, ""))),
        negotiation("the server refuses: it is shutting down", go(refusal(7, ""))),
        negotiation("the server refuses: error 99 of its option replies", go(refusal(99, ""))),
        negotiation("the server wants TLS, which is not there yet", refusal(5, "first TLS")),
        negotiation("the server wants TLS, which is not there yet", go(refusal(5, "first TLS"))),
        negotiation(
            "it may have no such export",
            (server, option, out) ->
                (option == 1 ? hangsUp() : refusal(1, "")).answer(server, option, out)),
        negotiation("the server has closed the connection", hangsUp()),

        // What is no reply, or none to the option.
        negotiation(
            "no reply to an option where one belongs",
            ends(false, (server, option, out) -> out.write(new byte[100]))),
        negotiation(
            "a reply to an option that was not sent",
            ends(
                false,
                (server, option, out) -> FakeNbdServer.reply(out, option + 1, 1, new byte[0]))),
        negotiation(
            "a reply of 4294967295 bytes to an option",
            ends(
                false,
                (server, option, out) -> {
                  out.writeLong(0x3e889045565a9L);
                  out.writeInt(option);
                  out.writeInt(1);
                  out.writeInt(-1);
                })),
        negotiation(
            "its reply to option 8 has no end",
            endless((server, option, out) -> FakeNbdServer.reply(out, option, 2, new byte[4]))),
        negotiation(
            "its reply to option 7 has no end",
            go(endless((server, option, out) -> server.info(out)))),
        negotiation(
            "a metadata context without an id",
            ends(
                false,
                (server, option, out) ->
                    FakeNbdServer.reply(out, option, option == 10 ? 4 : 1, new byte[3]))),

        // What is said of the export.
        negotiation("it names no size of the export", accepts((server, option, out) -> {})),
        negotiation("information of 0 bytes", info()),
        negotiation("information of 11 bytes", info(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)),
        negotiation("information of 3 bytes", info(0, 3, 1)),
        negotiation(
            "an export of 18446744073709551615 bytes",
            info(0, 0, -1, -1, -1, -1, -1, -1, -1, -1, 0, 3)),
        negotiation("a minimum block of 3 bytes", blocks(3, 1 << 20)),
        negotiation("a minimum block of 0 bytes", blocks(0, 1 << 20)),
        negotiation("a minimum block of 131072 bytes", blocks(1 << 17, 1 << 20)),
        negotiation("a minimum block of 2147483648 bytes", blocks(1 << 31, -1)),
        negotiation(
            "a minimum block of 4096 bytes and a maximum payload of 4095", blocks(4096, 4095)),
        negotiation("a maximum payload of 0", blocks(1, 0)));
  }

  private static Arguments negotiation(String expected, Negotiation negotiation) {
    return Arguments.of(expected, negotiation);
  }

  /** Says something. */
  interface Words {
    void say(FakeNbdServer server, int option, DataOutputStream out) throws IOException;
  }

  /** Says something; then transmission starts, or the next option is waited for. */
  private static Negotiation ends(boolean transmission, Words words) {
    return (server, option, out) -> {
      words.say(server, option, out);
      return transmission;
    };
  }

  private static Negotiation endless(Words words) {
    return (server, option, out) -> {
      while (true) {
        words.say(server, option, out);
      }
    };
  }

  private static Negotiation hangsUp() {
    return ends(false, (server, option, out) -> server.hangUp());
  }

  private static Negotiation refusal(int error, String message) {
    return ends(
        false,
        (server, option, out) ->
            FakeNbdServer.reply(out, option, 1 << 31 | error, message.getBytes(UTF_8)));
  }

  /** Is honest until NBD_OPT_GO. */
  private static Negotiation go(Negotiation negotiation) {
    return (server, option, out) ->
        option == 7 ? negotiation.answer(server, option, out) : server.honest(option, out);
  }

  /** Says something in reply to NBD_OPT_GO, and that it is done. */
  private static Negotiation accepts(Words words) {
    return go(
        ends(
            true,
            (server, option, out) -> {
              words.say(server, option, out);
              FakeNbdServer.reply(out, option, 1, new byte[0]);
            }));
  }

  private static Negotiation info(int... bytes) {
    return accepts((server, option, out) -> FakeNbdServer.reply(out, option, 3, toBytes(bytes)));
  }

  private static Negotiation blocks(int minimum, int maximum) {
    return accepts((server, option, out) -> {
      server.info(out);
      FakeNbdServer.reply(
          out,
          option,
          3,
          FakeNbdServer.bytes(to -> {
            to.writeShort(3);
            to.writeInt(minimum);
            to.writeInt(4096);
            to.writeInt(maximum);
          }));
    });
  }

  @ParameterizedTest(name = "{index}: {0}")
  @MethodSource("negotiations")
  void negotiationThatFailsIsAnError(String expected, Negotiation negotiation) throws Exception {
    try (FakeNbdServer server =
        new FakeNbdServer(directory, new byte[SIZE]) {
          @Override
          boolean option(int option, byte[] data, DataOutputStream out) throws IOException {
            return option != 2 && negotiation.answer(this, option, out);
          }
        }) {
      assertRefused(server, expected);
    }
  }

  private static void assertRefused(FakeNbdServer server, String expected) {
    FileSystemException e =
        assertThrows(FileSystemException.class, () -> NbdSource.open(server.uri(), true).close());
    assertEquals(server.uri().text(), e.getFile());
    assertTrue(e.getReason().contains(expected), e::getReason);
  }

  static Stream<Arguments> greetings() {
    return Stream.of(
        Arguments.of("what answers there is no NBD server", "SSH-2.0-OpenSSH_9.2p1\r\n"),
        Arguments.of("oldstyle negotiation only", "NBDMAGIC\0\0B\u0002\u0081\u0086\u0012S"),
        Arguments.of("its greeting is unknown", "NBDMAGICNBDMAGIC"),
        Arguments.of("does not know fixed newstyle", "NBDMAGICIHAVEOPT\0\0"),
        Arguments.of("the server has closed the connection", "NBDMAGICIHAVE"),
        Arguments.of("the server has closed the connection", ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("greetings")
  void greetingThatIsNotUnderstoodIsAnError(String expected, String greeting) throws Exception {
    try (FakeNbdServer server =
        new FakeNbdServer(directory, new byte[SIZE]) {
          @Override
          void greet(DataOutputStream out) throws IOException {
            out.write(greeting.getBytes(ISO_8859_1));
            hangUp();
          }
        }) {
      assertRefused(server, expected);
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(ints = {0, 8, 10, 7})
  void serverThatSaysNothingInNegotiationIsGivenUp(int silentOption) throws Exception {
    try (FakeNbdServer server =
        new FakeNbdServer(directory, new byte[SIZE]) {
          @Override
          void greet(DataOutputStream out) throws IOException {
            if (silentOption == 0) {
              pause();
            }
            super.greet(out);
          }

          @Override
          boolean option(int option, byte[] data, DataOutputStream out) throws IOException {
            if (option == silentOption) {
              pause();
            }
            return super.option(option, data, out);
          }
        }) {
      FileSystemException e =
          assertThrows(
              FileSystemException.class,
              () -> new NbdConnector("x", Duration.ofMillis(1100)).connect(server.uri()));
      assertEquals(
          "the server has not come to an end of the negotiation within 1 seconds", e.getReason());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"nbd+unix:///?socket=/nonexistent/s", "nbd://127.0.0.1:1", "nbd://[::1]:1"})
  void serverThatIsNotThereIsAnError(String uri) {
    FileSystemException e =
        assertThrows(
            FileSystemException.class, () -> NbdSource.open(NbdUri.parse(uri), true).close());
    assertTrue(e.getReason().startsWith("can't be reached: "), e::getReason);
    assertTrue(e.getReason().contains("is an NBD server listening at "), e::getReason);
  }

  @Test
  void socketsPathThatIsTooLongIsSaid() {
    String uri = "nbd+unix:///?socket=/tmp/" + "x".repeat(103);
    FileSystemException e =
        assertThrows(
            FileSystemException.class, () -> NbdSource.open(NbdUri.parse(uri), true).close());
    assertTrue(e.getReason().contains("longer than 107 bytes"), e::getReason);
  }

  @Test
  void hostThatIsNotKnownIsSaid() {
    FileSystemException e =
        assertThrows(
            FileSystemException.class,
            () -> NbdSource.open(NbdUri.parse("nbd://nowhere.invalid/x"), true).close());
    assertTrue(e.getReason().contains("the host nowhere.invalid is not known"), e::getReason);
  }
}
