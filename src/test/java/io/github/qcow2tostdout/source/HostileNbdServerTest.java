package io.github.qcow2tostdout.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
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

  static Stream<Arguments> liesAboutData() {
    return Stream.of(
        lie("no reply where one belongs", (server, request, out) -> out.write(new byte[100])),
        lie(
            "a reply to a request that is not under way",
            (server, request, out) ->
                FakeNbdServer.chunk(
                    out, 1, 1, request.cookie() + 1000, server.data(request.offset(), 8))),
        lie(
            "a reply to a request that is not under way",
            (server, request, out) -> {
              server.answer(request, out);
              server.answer(request, out);
              // One of them is in reply to the first request still.
              server.answer(request, out);
            }),
        lie(
            "4096 bytes at byte 69632 in the reply to a read of 4096 bytes at byte 65536",
            (server, request, out) ->
                FakeNbdServer.chunk(
                    out, 1, 1, request.cookie(), server.data(request.offset() + 4096, 4096))),
        lie(
            "4096 bytes at byte 65535 in the reply",
            (server, request, out) ->
                FakeNbdServer.chunk(
                    out, 1, 1, request.cookie(), server.data(request.offset() - 1, 4096))),
        lie(
            "4097 bytes at byte 65536 in the reply",
            (server, request, out) ->
                FakeNbdServer.chunk(
                    out, 1, 1, request.cookie(), server.data(request.offset(), 4097))),
        lie(
            "4294967287 bytes at byte ",
            (server, request, out) -> {
              FakeNbdServer.chunkHeader(out, 1, 1, request.cookie(), 0xffff_ffffL);
              out.writeLong(request.offset());
              out.write(new byte[1000]);
            }),
        lie(
            "bytes at byte 18446744073709551615 in the reply",
            (server, request, out) -> {
              FakeNbdServer.chunkHeader(out, 1, 1, request.cookie(), 4104);
              out.writeLong(-1);
              out.write(new byte[4096]);
            }),
        lie(
            "data at byte 65636 that was there already",
            (server, request, out) -> {
              FakeNbdServer.chunk(out, 0, 1, request.cookie(), server.data(request.offset(), 200));
              FakeNbdServer.chunk(
                  out, 1, 1, request.cookie(), server.data(request.offset() + 100, 3996));
            }),
        lie(
            "data at byte 65836 that was there already",
            (server, request, out) -> {
              FakeNbdServer.chunk(
                  out, 0, 1, request.cookie(), server.data(request.offset() + 400, 200));
              FakeNbdServer.chunk(
                  out, 1, 2, request.cookie(), FakeNbdServer.hole(request.offset() + 300, 101));
            }),
        lie(
            "ends without the data at byte 65636",
            (server, request, out) -> {
              FakeNbdServer.chunk(out, 0, 1, request.cookie(), server.data(request.offset(), 100));
              FakeNbdServer.chunk(
                  out, 1, 1, request.cookie(), server.data(request.offset() + 101, 3995));
            }),
        lie(
            "ends without the data at byte 65536",
            (server, request, out) ->
                FakeNbdServer.chunk(out, 1, 0, request.cookie(), new byte[0])),
        lie(
            "ends without the data at byte 69631",
            (server, request, out) ->
                FakeNbdServer.chunk(
                    out, 1, 1, request.cookie(), server.data(request.offset(), 4095))),
        lie(
            "a chunk of type 1 and 8 bytes",
            (server, request, out) ->
                FakeNbdServer.chunk(out, 1, 1, request.cookie(), server.data(request.offset(), 0))),
        lie(
            "0 bytes at byte 65536",
            (server, request, out) ->
                FakeNbdServer.chunk(
                    out, 1, 2, request.cookie(), FakeNbdServer.hole(request.offset(), 0))),
        lie(
            "4294967295 bytes at byte 65536",
            (server, request, out) ->
                FakeNbdServer.chunk(
                    out, 1, 2, request.cookie(), FakeNbdServer.hole(request.offset(), -1))),
        lie(
            "a chunk of type 2 and 11 bytes",
            (server, request, out) ->
                FakeNbdServer.chunk(out, 1, 2, request.cookie(), new byte[11])),
        lie(
            "a chunk of type 0 and 0 bytes",
            (server, request, out) ->
                FakeNbdServer.chunk(out, 0, 0, request.cookie(), new byte[0])),
        lie(
            "a chunk of type 5 and 12 bytes",
            (server, request, out) ->
                FakeNbdServer.chunk(out, 1, 5, request.cookie(), FakeNbdServer.extents(4096, 0))),
        lie(
            "a chunk of type 77 and 4 bytes",
            (server, request, out) ->
                FakeNbdServer.chunk(out, 1, 77, request.cookie(), new byte[4])),
        lie(
            "a simple reply where a structured one belongs",
            (server, request, out) -> {
              out.writeInt(FakeNbdServer.SIMPLE);
              out.writeInt(0);
              out.writeLong(request.cookie());
              out.write(new byte[4096]);
            }),
        lie(
            "an error of 5 bytes",
            (server, request, out) ->
                FakeNbdServer.chunk(out, 1, 0x8001, request.cookie(), new byte[5])),
        lie(
            "an error of 4294967295 bytes",
            (server, request, out) ->
                FakeNbdServer.chunkHeader(out, 1, 0x8001, request.cookie(), -1)),
        lie(
            "an error with a message of 100 bytes",
            (server, request, out) ->
                FakeNbdServer.chunk(
                    out, 1, 0x8001, request.cookie(), new byte[] {0, 0, 0, 5, 0, 100, 'x'})),
        lie(
            "errors without end",
            (server, request, out) -> {
              while (true) {
                FakeNbdServer.chunk(
                    out, 0, 0x8001, request.cookie(), FakeNbdServer.error(5, "again"));
              }
            }),
        lie(
            "the server says: Input/output error",
            // Of a type to come, with fields that are not known.
            (server, request, out) ->
                FakeNbdServer.chunk(
                    out, 1, 0x8077, request.cookie(), new byte[] {0, 0, 0, 5, 0, 0, 1, 2, 3})),
        lie(
            "the server says: error 4294967295 (?",
            (server, request, out) ->
                FakeNbdServer.chunk(
                    out, 1, 0x8001, request.cookie(), FakeNbdServer.error(-1, "?\u001b[2J"))),
        lie("the server has closed the connection", (server, request, out) -> server.hangUp()),
        lie(
            "the server has closed the connection",
            (server, request, out) -> {
              FakeNbdServer.chunkHeader(out, 1, 1, request.cookie(), 4104);
              out.writeLong(request.offset());
              out.write(new byte[4095]);
              server.hangUp();
            }),
        lie(
            "the server has closed the connection",
            (server, request, out) -> {
              out.writeInt(FakeNbdServer.CHUNK);
              server.hangUp();
            }));
  }

  static Stream<Arguments> liesAboutExtents() {
    return Stream.of(
        lie("an extent of no bytes at byte 0", says(0, 0)),
        lie("an extent of no bytes at byte 100", says(100, 0, 0, 2)),
        lie("an extent at byte 1048576, where nothing was asked for", says(SIZE, 2, 1, 0)),
        lie("an extent at byte 1048576, where nothing was asked for", says(-1, 2, 5, 0)),
        lie("a block status of 4 bytes", says()),
        lie("a block status of 8 bytes", says(5)),
        lie(
            "a block status of 4294967292 bytes",
            (server, request, out) ->
                FakeNbdServer.chunkHeader(out, 1, 5, request.cookie(), 0xffff_fffcL)),
        lie(
            "a block status of 0 bytes",
            (server, request, out) ->
                FakeNbdServer.chunk(out, 1, 5, request.cookie(), new byte[0])),
        lie(
            "the block status of a context that was not asked for",
            (server, request, out) ->
                FakeNbdServer.chunk(out, 1, 5, request.cookie(), new byte[12])),
        lie(
            "two block statuses",
            (server, request, out) -> {
              FakeNbdServer.chunk(out, 0, 5, request.cookie(), FakeNbdServer.extents(SIZE, 2));
              FakeNbdServer.chunk(out, 1, 5, request.cookie(), FakeNbdServer.extents(SIZE, 0));
            }),
        lie(
            "no block status",
            (server, request, out) ->
                FakeNbdServer.chunk(out, 1, 0, request.cookie(), new byte[0])),
        lie(
            "a chunk of type 1",
            (server, request, out) ->
                FakeNbdServer.chunk(out, 1, 1, request.cookie(), server.data(0, 10))),
        lie(
            "a simple reply where a structured one belongs",
            (server, request, out) -> {
              out.writeInt(FakeNbdServer.SIMPLE);
              out.writeInt(0);
              out.writeLong(request.cookie());
            }),
        lie("the server has closed the connection", (server, request, out) -> server.hangUp()));
  }

  private static Lie says(long... descriptors) {
    return (server, request, out) ->
        FakeNbdServer.chunk(out, 1, 5, request.cookie(), FakeNbdServer.extents(descriptors));
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
        negotiation(
            "the server refuses: it has no such export (no disk of that name)",
            go((server, out) -> refuse(out, 7, 6, "no disk of that name"))),
        negotiation(
            "the server refuses: its policy forbids it",
            go((server, out) -> refuse(out, 7, 2, ""))),
        negotiation(
            "the server refuses: it is shutting down", go((server, out) -> refuse(out, 7, 7, ""))),
        negotiation(
            "the server refuses: error 99 of its option replies",
            go((server, out) -> refuse(out, 7, 99, ""))),
        negotiation(
            "the server wants TLS, which is not there yet",
            (server, option, out) -> refuse(out, option, 5, "first TLS")),
        negotiation(
            "the server wants TLS, which is not there yet",
            go((server, out) -> refuse(out, 7, 5, "first TLS"))),
        negotiation(
            "it may have no such export",
            (server, option, out) -> {
              if (option == 1) {
                server.hangUp();
              }
              return refuse(out, option, 1, "");
            }),
        negotiation(
            "no reply to an option where one belongs",
            (server, option, out) -> {
              out.write(new byte[100]);
              return false;
            }),
        negotiation(
            "a reply to an option that was not sent",
            (server, option, out) -> {
              FakeNbdServer.reply(out, option + 1, 1, new byte[0]);
              return false;
            }),
        negotiation(
            "a reply of 4294967295 bytes to an option",
            (server, option, out) -> {
              out.writeLong(0x3e889045565a9L);
              out.writeInt(option);
              out.writeInt(1);
              out.writeInt(-1);
              return false;
            }),
        negotiation(
            "its reply to option 8 has no end",
            (server, option, out) -> {
              while (true) {
                FakeNbdServer.reply(out, option, 2, new byte[4]);
              }
            }),
        negotiation(
            "its reply to option 7 has no end",
            go((server, out) -> {
              while (true) {
                server.info(out);
              }
            })),
        negotiation(
            "a metadata context without an id",
            (server, option, out) -> {
              FakeNbdServer.reply(out, option, option == 10 ? 4 : 1, new byte[3]);
              return false;
            }),
        negotiation(
            "it names no size of the export",
            go((server, out) -> {
              FakeNbdServer.reply(out, 7, 1, new byte[0]);
              return true;
            })),
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
        negotiation("a maximum payload of 0", blocks(1, 0)),
        negotiation(
            "the server has closed the connection",
            (server, option, out) -> {
              server.hangUp();
              return false;
            }));
  }

  private static Arguments negotiation(String expected, Negotiation negotiation) {
    return Arguments.of(expected, negotiation);
  }

  /** Answers NBD_OPT_GO. */
  interface Go {
    boolean answer(FakeNbdServer server, DataOutputStream out) throws IOException;
  }

  private static Negotiation go(Go go) {
    return (server, option, out) -> {
      if (option == 7) {
        return go.answer(server, out);
      }
      return server.honest(option, out);
    };
  }

  private static boolean refuse(DataOutputStream out, int option, int error, String message)
      throws IOException {
    FakeNbdServer.reply(out, option, 1 << 31 | error, message.getBytes(UTF_8));
    return false;
  }

  private static Negotiation info(int... bytes) {
    byte[] info = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      info[i] = (byte) bytes[i];
    }
    return go((server, out) -> {
      FakeNbdServer.reply(out, 7, 3, info);
      FakeNbdServer.reply(out, 7, 1, new byte[0]);
      return true;
    });
  }

  private static Negotiation blocks(int minimum, int maximum) {
    return go((server, out) -> {
      server.info(out);
      FakeNbdServer.reply(
          out,
          7,
          3,
          FakeNbdServer.bytes(to -> {
            to.writeShort(3);
            to.writeInt(minimum);
            to.writeInt(4096);
            to.writeInt(maximum);
          }));
      FakeNbdServer.reply(out, 7, 1, new byte[0]);
      return true;
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
