package io.github.qcow2tostdout.convert;

import io.github.qcow2tostdout.format.Feature;
import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.format.HeaderExtension;
import io.github.qcow2tostdout.format.HeaderField;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The first cluster: the header and its extensions. */
final class HeaderCluster {
  private HeaderCluster() {}

  /** Bytes that the header and its extensions need, the mark of their end in it. */
  static long contentSize(ImageOptions options) {
    long size = Header.ofVersion(options.version()).length();
    for (HeaderExtension extension : extensions(options)) {
      size += extension.size();
    }
    return size;
  }

  /** The content; all that follows it in the cluster is zero. */
  static ByteBuffer render(LayoutPlan plan, AllocationMap map) {
    ImageOptions options = plan.options();
    Region refcountTable = plan.region(Region.Kind.REFCOUNT_TABLE);
    Region l1Table = plan.region(Region.Kind.L1_TABLE);
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
    if (options.rawDataFile()) {
      header = Feature.DATA_FILE_RAW.setIn(header);
    }
    if (options.lazyRefcounts()) {
      header = Feature.LAZY_REFCOUNTS.setIn(header);
    }
    ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(contentSize(options)));
    header.write(content);
    content.position(header.length());
    for (HeaderExtension extension : extensions(options)) {
      extension.write(content);
    }
    return content.rewind();
  }

  /** In QEMU's order. */
  private static List<HeaderExtension> extensions(ImageOptions options) {
    List<HeaderExtension> extensions = new ArrayList<>();
    if (options.dataFile().isPresent()) {
      extensions.add(HeaderExtension.dataFileName(options.dataFile().get().name()));
    }
    if (options.featureNames()) {
      extensions.add(HeaderExtension.featureNameTable());
    }
    extensions.add(HeaderExtension.end());
    return extensions;
  }
}
