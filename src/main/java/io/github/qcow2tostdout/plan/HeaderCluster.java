package io.github.qcow2tostdout.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.qcow2tostdout.format.CompressionType;
import io.github.qcow2tostdout.format.CryptoField;
import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The first cluster: the header, its extensions, and the backing file's name. */
public final class HeaderCluster {
  private HeaderCluster() {}

  /** Bytes that it needs, the mark of the extensions' end in it. */
  static long contentSize(ImageOptions options) {
    return extensionsEnd(options) + backingName(options).length;
  }

  private static long extensionsEnd(ImageOptions options) {
    long end = Header.ofVersion(options.version()).length();
    for (HeaderExtension extension : extensions(options, 0, 0)) {
      end += extension.size();
    }
    return end;
  }

  private static byte[] backingName(ImageOptions options) {
    return options.backing().map(ImageOptions.BackingFile::name).orElse("").getBytes(UTF_8);
  }

  /** The content, up to a multiple of 8 bytes; all that follows it in the cluster is zero. */
  public static ByteBuffer render(LayoutPlan plan, AllocationMap map) {
    ImageOptions options = plan.options();
    Region refcountTable = plan.region(Region.Kind.REFCOUNT_TABLE);
    Region l1Table = plan.region(Region.Kind.L1_TABLE);
    long bitmaps = plan.region(Region.Kind.BITMAPS).from();
    Header header =
        Header.ofVersion(options.version())
            .with(HeaderField.CLUSTER_BITS, options.geometry().clusterBits())
            .with(HeaderField.SIZE, map.diskSize())
            .with(HeaderField.L1_SIZE, map.l1Size())
            // An empty disk has no L1 table, and then no offset of one.
            .with(HeaderField.L1_TABLE_OFFSET, l1Table.size() == 0 ? 0 : l1Table.from())
            .with(HeaderField.REFCOUNT_TABLE_OFFSET, refcountTable.from())
            .with(
                HeaderField.REFCOUNT_TABLE_CLUSTERS,
                refcountTable.size() / options.geometry().clusterSize())
            .with(HeaderField.REFCOUNT_ORDER, options.geometry().refcountOrder());
    if (options.dataFile().isPresent()) {
      header = Feature.DATA_FILE.setIn(header);
    }
    if (!options.bitmaps().isEmpty()) {
      header = Feature.BITMAPS.setIn(header);
    }
    if (options.rawDataFile()) {
      header = Feature.DATA_FILE_RAW.setIn(header);
    }
    if (options.geometry().extendedL2()) {
      header = Feature.EXTENDED_L2.setIn(header);
    }
    if (options.lazyRefcounts()) {
      header = Feature.LAZY_REFCOUNTS.setIn(header);
    }
    if (options.compression().filter(CompressionType.ZSTD::equals).isPresent()) {
      header =
          Feature.COMPRESSION_TYPE
              .setIn(header)
              .with(HeaderField.COMPRESSION_TYPE, CompressionType.ZSTD.number());
    }
    if (options.isEncrypted()) {
      header = header.with(HeaderField.CRYPT_METHOD, CryptoField.LUKS);
    }
    byte[] backingName = backingName(options);
    if (options.backing().isPresent()) {
      header =
          header
              .with(HeaderField.BACKING_FILE_OFFSET, extensionsEnd(options))
              .with(HeaderField.BACKING_FILE_SIZE, backingName.length);
    }
    int size = Math.toIntExact(Math.ceilDiv(contentSize(options), Long.BYTES) * Long.BYTES);
    ByteBuffer content = ByteBuffer.allocate(size);
    header.write(content);
    content.position(header.length());
    long crypto = options.isEncrypted() ? plan.region(Region.Kind.CRYPTO_HEADER).from() : 0;
    for (HeaderExtension extension : extensions(options, bitmaps, crypto)) {
      extension.write(content);
    }
    // Directly behind the mark: what lies between them would count as an extension.
    return content.put(backingName).rewind();
  }

  /** In QEMU's order. */
  private static List<HeaderExtension> extensions(ImageOptions options, long bitmaps, long crypto) {
    List<HeaderExtension> extensions = new ArrayList<>();
    if (options.backing().isPresent()) {
      extensions.add(HeaderExtension.backingFormat(options.backing().get().format()));
    }
    if (options.dataFile().isPresent()) {
      extensions.add(HeaderExtension.dataFileName(options.dataFile().get().name()));
    }
    if (options.isEncrypted()) {
      extensions.add(HeaderExtension.cryptoHeader(crypto, options.cryptoLength()));
    }
    if (options.featureNames()) {
      extensions.add(HeaderExtension.featureNameTable());
    }
    if (!options.bitmaps().isEmpty()) {
      extensions.add(
          HeaderExtension.bitmaps(
              options.bitmaps().bitmaps().size(), options.bitmaps().directorySize(), bitmaps));
    }
    extensions.add(HeaderExtension.end());
    return extensions;
  }
}
