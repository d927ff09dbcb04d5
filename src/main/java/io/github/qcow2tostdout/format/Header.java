package io.github.qcow2tostdout.format;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;

/** The header's fields as a value; it makes no claim that they fit each other. */
public final class Header {
  /** {@code QFI\xfb}. */
  public static final int MAGIC = 0x514649fb;

  /** Bytes of the version 2 header; header extensions start there. */
  public static final int V2_LENGTH = 72;

  /**
   * Bytes of the version 3 header as QEMU writes it, {@code compression_type} and padding in it.
   */
  public static final int V3_LENGTH = 112;

  private static final HeaderField[] FIELDS = HeaderField.values();

  private final Map<HeaderField, Long> values;

  private Header(Map<HeaderField, Long> values) {
    this.values = values;
  }

  /** A header of that version in which all else is zero. */
  public static Header ofVersion(int version) {
    if (version != 2 && version != 3) {
      throw new IllegalArgumentException("version " + version);
    }
    Map<HeaderField, Long> zeroes = new EnumMap<>(HeaderField.class);
    for (HeaderField field : FIELDS) {
      zeroes.put(field, 0L);
    }
    Header header =
        new Header(zeroes)
            .with(HeaderField.MAGIC, Integer.toUnsignedLong(MAGIC))
            .with(HeaderField.VERSION, version);
    // Version 2 has no such fields; the specification gives them these values there.
    return header
        .with(HeaderField.REFCOUNT_ORDER, 4)
        .with(HeaderField.HEADER_LENGTH, version == 2 ? V2_LENGTH : V3_LENGTH);
  }

  /** This header with one field changed. */
  public Header with(HeaderField field, long value) {
    if (!field.holds(value)) {
      throw new IllegalArgumentException(field.specName() + " can't hold " + value);
    }
    Map<HeaderField, Long> changed = new EnumMap<>(HeaderField.class);
    changed.putAll(values);
    changed.put(field, value);
    return new Header(changed);
  }

  /** A field's value; 8-byte fields are to be read as unsigned. */
  public long get(HeaderField field) {
    return values.getOrDefault(field, 0L);
  }

  /** Whether {@code cluster_bits} is one that this program and QEMU know. */
  public boolean clusterBitsFit() {
    long bits = get(HeaderField.CLUSTER_BITS);
    return bits >= Limits.MIN_CLUSTER_BITS && bits <= Limits.MAX_CLUSTER_BITS;
  }

  /** Bytes of the header, and where its extensions start. */
  public int length() {
    return (int) get(HeaderField.HEADER_LENGTH);
  }

  /** Writes {@link #length()} bytes at the start of a zeroed buffer. */
  public void write(ByteBuffer cluster) {
    for (HeaderField field : FIELDS) {
      if (field.end() <= length()) {
        field.put(cluster, get(field));
      }
    }
  }

  /** Bytes of the version 3 header that every reader must have. */
  public static final int V3_MIN_LENGTH = 104;

  /**
   * Reads a header as it is; nothing in it is believed. Fields that the version or the header's
   * length leaves out have the values that the specification gives them.
   *
   * @param cluster the image's first bytes, at least {@link #V3_LENGTH}; zeroes where the file ends
   */
  public static Header read(ByteBuffer cluster) {
    boolean v2 = HeaderField.VERSION.get(cluster) < 3;
    long length = v2 ? V2_LENGTH : HeaderField.HEADER_LENGTH.get(cluster);
    Header header = ofVersion(v2 ? 2 : 3).with(HeaderField.HEADER_LENGTH, length);
    for (HeaderField field : FIELDS) {
      if (field.end() <= (v2 ? V2_LENGTH : Math.max(length, V3_MIN_LENGTH))) {
        header = header.with(field, field.get(cluster));
      }
    }
    return header;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Header that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (HeaderField field : FIELDS) {
      text.append(text.isEmpty() ? "" : " ")
          .append(field.specName())
          .append('=')
          .append(get(field));
    }
    return text.toString();
  }
}
