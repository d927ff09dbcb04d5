package io.github.qcow2tostdout.archive;

import io.github.qcow2tostdout.codec.DigestAlgorithm;
import io.github.qcow2tostdout.codec.DigestValue;
import io.github.qcow2tostdout.codec.OrderedDigests;
import io.github.qcow2tostdout.convert.Conversion;
import io.github.qcow2tostdout.convert.Frame;
import io.github.qcow2tostdout.convert.SequentialOutput;
import io.github.qcow2tostdout.work.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * A container's image that holds a disk image, as KubeVirt wants it: an OCI layout in a tar, with
 * one layer, which is a tar too and holds {@code disk/NAME.qcow2}. The layer's digest is in names
 * before the layer, so all of it is rendered once more, without output.
 *
 * <p>Source: OCI Image Format Specification 1.0, "Image Layout"; KubeVirt, "containerDisk".
 *
 * @param name of the disk image, without what it ends in
 * @param architecture that the container says it is for, in Go's words
 * @param attributes of the disk image and its directory
 */
public record ContainerDisk(String name, String architecture, TarAttributes attributes)
    implements Wrapping {
  /** Of what is outside of the layer, which nobody unpacks. */
  private static final TarAttributes OUTSIDE = new TarAttributes(0644, 0, 0, 0);

  private static final String BLOBS = "blobs/";
  private static final String SHA256_BLOBS = BLOBS + "sha256/";

  /** As long as any. */
  private static final DigestValue ANY =
      new DigestValue(DigestAlgorithm.SHA256, DigestAlgorithm.SHA256.digest().hex());

  @Override
  public boolean rendersTwice() {
    return true;
  }

  @Override
  public long streamSize(long imageSize) {
    // Every digest is as long as every other.
    return around(layer(imageSize), imageSize, ANY).streamSize(imageSize);
  }

  @Override
  public Frame frame(Conversion conversion, Progress progress) throws IOException {
    long imageSize = conversion.imageSize();
    Frame layer = layer(imageSize);
    try (OrderedDigests digests = new OrderedDigests(List.of(DigestAlgorithm.SHA256))) {
      conversion.write(
          SequentialOutput.toNowhere(
              layer.streamSize(imageSize),
              (phase, done, total) -> progress.report(Progress.Phase.DIGEST, done, total),
              digests),
          layer,
          Optional.empty());
      return around(layer, imageSize, digests.finish().getFirst());
    }
  }

  private Frame layer(long imageSize) {
    byte[] before =
        new TarBuilder(attributes)
            .directory("disk/")
            .header("disk/" + name + ".qcow2", imageSize)
            .toBytes();
    return new Frame(before, TarBuilder.end(before.length + imageSize));
  }

  private Frame around(Frame layer, long imageSize, DigestValue layerDigest) {
    long layerSize = layer.streamSize(imageSize);
    OciDocuments.Blob layerBlob = new OciDocuments.Blob(layerDigest, layerSize);
    byte[] config = OciDocuments.config(architecture, layerBlob);
    OciDocuments.Blob configBlob = OciDocuments.Blob.of(config);
    byte[] manifest = OciDocuments.manifest(configBlob, layerBlob);
    OciDocuments.Blob manifestBlob = OciDocuments.Blob.of(manifest);
    byte[] before =
        new TarBuilder(OUTSIDE)
            .file("oci-layout", OciDocuments.layout())
            .file("index.json", OciDocuments.index(manifestBlob))
            .directory(BLOBS)
            .directory(SHA256_BLOBS)
            .file(SHA256_BLOBS + manifestBlob.digest().hex(), manifest)
            .file(SHA256_BLOBS + configBlob.digest().hex(), config)
            .header(SHA256_BLOBS + layerDigest.hex(), layerSize)
            .raw(bytes(layer.before()))
            .toBytes();
    byte[] layerEnd = bytes(layer.after());
    byte[] end = TarBuilder.end(before.length + imageSize + layerEnd.length);
    byte[] after = new TarBuilder(OUTSIDE).raw(layerEnd).raw(end).toBytes();
    return new Frame(before, after);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
