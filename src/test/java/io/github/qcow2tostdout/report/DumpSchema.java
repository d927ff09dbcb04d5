package io.github.qcow2tostdout.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The JSON Schema of the dump. */
public final class DumpSchema {
  private static final Schema SCHEMA = load();

  private DumpSchema() {}

  private static Schema load() {
    try (InputStream in = Dump.class.getResourceAsStream("dump.schema.json")) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(new String(in.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Fails if a document is not one that the schema describes. */
  public static void check(String json) {
    assertEquals(List.of(), SCHEMA.validate(json, InputFormat.JSON));
  }
}
