package io.github.qcow2tostdout.archive;

import io.github.qcow2tostdout.codec.Digest;
import io.github.qcow2tostdout.codec.DigestAlgorithm;
import io.github.qcow2tostdout.codec.DigestValue;
import io.github.qcow2tostdout.report.JsonLayout;
import io.github.qcow2tostdout.report.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** The JSON documents of an OCI layout that holds one container of one layer. */
final class OciDocuments {
  private static final String INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
  private static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
  private static final String CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
  private static final String LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar";
  private static final int SCHEMA_VERSION = 2;

  private OciDocuments() {}

  /** What a document says of another blob. */
  record Blob(DigestValue digest, long size) {
    static Blob of(byte[] bytes) {
      Digest digest = DigestAlgorithm.SHA256.digest();
      digest.update(ByteBuffer.wrap(bytes));
      return new Blob(new DigestValue(DigestAlgorithm.SHA256, digest.hex()), bytes.length);
    }

    private void write(JsonWriter json, String type) {
      json.text("mediaType", type);
      json.text("digest", digest.toString());
      json.number("size", size);
      json.endObject();
    }
  }

  private interface Content {
    void write(JsonWriter json) throws IOException;
  }

  private static byte[] document(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      JsonWriter json = new JsonWriter(bytes, JsonLayout.COMPACT);
      json.beginObject();
      content.write(json);
      json.endObject();
      json.end();
    } catch (IOException e) {
      throw new UncheckedIOException("into memory", e);
    }
    return bytes.toByteArray();
  }

  /** The file oci-layout. */
  static byte[] layout() {
    return document(json -> json.text("imageLayoutVersion", "1.0.0"));
  }

  /** The file index.json. */
  static byte[] index(Blob manifest) {
    return document(json -> {
      json.number("schemaVersion", SCHEMA_VERSION);
      json.text("mediaType", INDEX_TYPE);
      json.beginArray("manifests");
      json.beginObject();
      manifest.write(json, MANIFEST_TYPE);
      json.endArray();
    });
  }

  static byte[] manifest(Blob config, Blob layer) {
    return document(json -> {
      json.number("schemaVersion", SCHEMA_VERSION);
      json.text("mediaType", MANIFEST_TYPE);
      json.beginObject("config");
      config.write(json, CONFIG_TYPE);
      json.beginArray("layers");
      json.beginObject();
      layer.write(json, LAYER_TYPE);
      json.endArray();
    });
  }

  /** The container's configuration; nothing is ever run in it. */
  static byte[] config(String architecture, Blob layer) {
    return document(json -> {
      json.text("architecture", architecture);
      json.text("os", "linux");
      json.beginObject("config");
      json.endObject();
      json.beginObject("rootfs");
      json.text("type", "layers");
      json.beginArray("diff_ids");
      json.text(layer.digest().toString());
      json.endArray();
      json.endObject();
    });
  }
}
