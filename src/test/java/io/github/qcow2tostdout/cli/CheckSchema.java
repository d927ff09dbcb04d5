package io.github.qcow2tostdout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.qcow2tostdout.report.CheckReport;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The JSON Schema of the report of a check. */
public final class CheckSchema {
  private static final String TEXT = load();
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(TEXT);

  private CheckSchema() {}

  private static String load() {
    try (InputStream in = CheckReport.class.getResourceAsStream("check.schema.json")) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The schema itself. */
  public static String text() {
    return TEXT;
  }

  /** Fails if a document is not one that the schema describes. */
  public static void check(String json) {
    assertEquals(List.of(), SCHEMA.validate(json, InputFormat.JSON));
  }
}
