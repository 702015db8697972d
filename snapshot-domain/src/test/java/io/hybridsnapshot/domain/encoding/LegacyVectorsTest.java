package io.hybridsnapshot.domain.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The texts that pandas and Python made of tables ({@code legacy-vectors.py} beside the vectors). */
class LegacyVectorsTest {
    /** Fewer than most tables have, so that a column's type depends on a batch that is not the first. */
    private static final int BATCH_ROWS = 2;

    @TestFactory
    List<DynamicTest> everyRowIsHashedAsThePipelineHashedIt() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (InputStream in = LegacyVectorsTest.class.getResourceAsStream("legacy-vectors.json")) {
            JsonNode vectors = new ObjectMapper().readTree(in);
            assertTrue(vectors.size() >= 140, "all vectors are there");
            for (JsonNode vector : vectors) {
                vector.get("expected").properties().forEach(expected -> {
                    String name = vector.get("name").asText() + ", " + expected.getKey();
                    LegacySpec spec = LegacySpec.parse(expected.getKey());
                    tests.add(DynamicTest.dynamicTest(name, () -> check(vector, spec, expected.getValue())));
                });
            }
        }
        return tests;
    }

    private static void check(JsonNode vector, LegacySpec spec, JsonNode expected) {
        List<Column> columns = new ArrayList<>();
        for (JsonNode column : vector.get("columns")) {
            columns.add(new Column(
                    column.get(0).asText(), ColumnType.parse(column.get(1).asText())));
        }
        Schema schema = Schema.of(columns);
        List<RowBatch> batches = batches(schema, vector.get("rows"));
        LegacyRowEncoder encoder = new LegacyRowEncoder(schema, spec);
        batches.forEach(encoder::observe);
        LegacyRowHasher hasher = LegacyRowHasher.of(
                schema, spec, HashSpec.HSR1, List.of(schema.names().get(0)));
        batches.forEach(hasher::observe);
        int at = 0;
        for (RowBatch batch : batches) {
            encoder.read(batch);
            KeyedHashes hashes = hasher.hash(batch);
            for (int row = 0; row < batch.rowCount(); row++) {
                String text = expected.get(at).asText();
                encoder.encode(row);
                assertEquals(
                        text,
                        new String(encoder.buffer(), encoder.start(), encoder.length(), StandardCharsets.UTF_8),
                        "row " + at);
                assertEquals(sha256(text), hashes.hex(row), "row " + at);
                at++;
            }
        }
        assertEquals(expected.size(), at);
    }

    private static String sha256(String text) {
        return HexFormat.of().formatHex(Sha256.digest().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<RowBatch> batches(Schema schema, JsonNode rows) {
        List<RowBatch> batches = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += BATCH_ROWS) {
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, BATCH_ROWS);
            for (int row = from; row < Math.min(rows.size(), from + BATCH_ROWS); row++) {
                for (int i = 0; i < schema.size(); i++) {
                    ColumnType type = schema.column(i).type();
                    JsonNode cell = rows.get(row).get(i);
                    OneRow.append(vectors.get(i), type, cell.isNull() ? null : value(type, cell.asText()));
                }
            }
            batches.add(new RowBatch(schema, vectors));
        }
        return batches;
    }

    private static Object value(ColumnType type, String text) {
        return switch (type.kind()) {
            case BOOLEAN -> Boolean.valueOf(text);
            case INT8, INT16, INT32, INT64 -> Long.valueOf(text);
            case DECIMAL -> new BigDecimal(text);
            case FLOAT32 -> (double) (float) floating(text);
            case FLOAT64 -> floating(text);
            case TEXT -> text;
            case BINARY -> HexFormat.of().parseHex(text);
            case DATE -> LocalDate.parse(text);
            case TIME -> LocalTime.parse(text);
            case TIMESTAMP -> LocalDateTime.parse(text);
            case UUID -> UUID.fromString(text);
            case INSTANT -> throw new AssertionError("the pipeline read no instants");
        };
    }

    private static double floating(String text) {
        return switch (text) {
            case "nan" -> Double.NaN;
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }
}
