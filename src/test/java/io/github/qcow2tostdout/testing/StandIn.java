package io.github.qcow2tostdout.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** A web server for one upload: it stands in for receivers that can't be had. */
public final class StandIn implements AutoCloseable {
  private final ServerSocket listening;
  private final Function<Request, String> rule;

  /**
   * What was asked for.
   *
   * @param method of the request
   * @param target path and query
   * @param headers by their names, whatever their case
   * @param body without the marks of chunks
   */
  public record Request(String method, String target, Map<String, String> headers, byte[] body) {
    /** A header, or nothing. */
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /**
   * Starts the server.
   *
   * @param rule what is wrong with a request, or nothing
   */
  public StandIn(Function<Request, String> rule) throws IOException {
    listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    this.rule = rule;
    Thread.ofVirtual().start(this::serve);
  }

  /** Where it is. */
  public String url() {
    return "http://127.0.0.1:" + listening.getLocalPort();
  }

  private void serve() {
    try (Socket socket = listening.accept()) {
      String complaint = rule.apply(read(socket));
      String status = complaint.isEmpty() ? "200 OK" : "400 Bad Request";
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s"
                  .formatted(status, complaint.length(), complaint)
                  .getBytes(ISO_8859_1));
    } catch (IOException e) {
      // Half a request gets no answer, which is what the client fails with.
    }
  }

  private static Request read(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    String[] first = line(in).split(" ");
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    if (headers.containsKey("Expect")) {
      socket.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (headers.containsKey("Transfer-Encoding")) {
      for (int size = chunk(in); size > 0; size = chunk(in)) {
        body.write(exactly(in, size));
        line(in);
      }
    } else {
      body.write(exactly(in, Integer.parseInt(headers.get("Content-Length"))));
    }
    return new Request(first[0], first[1], headers, body.toByteArray());
  }

  private static int chunk(InputStream in) throws IOException {
    return Integer.parseInt(line(in), 16);
  }

  private static byte[] exactly(InputStream in, int size) throws IOException {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException();
    }
    return bytes;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      line.append((char) c);
    }
    return line.toString().strip();
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
