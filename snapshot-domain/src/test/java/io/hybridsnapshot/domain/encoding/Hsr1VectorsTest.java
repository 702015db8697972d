package io.hybridsnapshot.domain.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The vectors of the row encoding, made by an independent encoder. */
class Hsr1VectorsTest {
    @TestFactory
    List<DynamicTest> everyVectorIsReproduced() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (InputStream in = Hsr1VectorsTest.class.getResourceAsStream("hsr1-vectors.json")) {
            JsonNode vectors = new ObjectMapper().readTree(in);
            assertTrue(vectors.size() >= 11, "all vectors are there");
            for (JsonNode vector : vectors) {
                String name = vector.get("kind").asText() + " " + vector.get("fields");
                tests.add(DynamicTest.dynamicTest(name, () -> check(vector)));
            }
        }
        return tests;
    }

    private static void check(JsonNode vector) throws Exception {
        OneRow row = OneRow.row();
        List<String> names = new ArrayList<>();
        for (JsonNode field : vector.get("fields")) {
            names.add(field.get(0).asText());
            add(row, field.get(0).asText(), field.get(1).asText(), field.get(2));
        }
        boolean key = vector.get("kind").asText().equals("key");
        String message = key ? row.keyMessage(names) : row.message(HashSpec.HSR1);
        assertEquals(vector.get("message").asText(), message);
        KeyedHashes hashes = row.hashes(HashSpec.HSR1, names);
        String sha256 = vector.get("sha256").asText();
        if (!key) {
            assertEquals(sha256, hashes.hex(0));
            return;
        }
        assertEquals(UUID.fromString(vector.get("identity").asText()), hashes.identity(0));
        byte[] digest = java.security.MessageDigest.getInstance("SHA-256")
                .digest(HexFormat.of().parseHex(message));
        assertEquals(sha256, HexFormat.of().formatHex(digest));
    }

    private static void add(OneRow row, String name, String type, JsonNode value) {
        boolean isNull = value.isNull();
        switch (type) {
            case "text" -> row.with(name, ColumnType.TEXT, isNull ? null : value.asText());
            case "int" -> row.with(name, ColumnType.INT64, isNull ? null : value.asLong());
            case "decimal" -> {
                BigDecimal decimal = new BigDecimal(value.asText());
                row.with(name, ColumnType.decimal(38, Math.max(0, decimal.scale())), decimal);
            }
            case "double" ->
                row.with(
                        name,
                        ColumnType.FLOAT64,
                        value.asText().equals("nan") ? Double.NaN : Double.parseDouble(value.asText()));
            case "binary" -> row.with(name, ColumnType.BINARY, HexFormat.of().parseHex(value.asText()));
            case "date" -> row.with(name, ColumnType.DATE, LocalDate.parse(value.asText()));
            case "time" -> row.with(name, ColumnType.time(9), LocalTime.parse(value.asText()));
            case "timestamp" -> row.with(name, ColumnType.timestamp(9), LocalDateTime.parse(value.asText()));
            case "instant" -> row.with(name, ColumnType.instant(9), Instant.parse(value.asText()));
            case "uuid" -> row.with(name, ColumnType.UUID, UUID.fromString(value.asText()));
            case "bool" -> row.with(name, ColumnType.BOOLEAN, value.asBoolean());
            default -> throw new AssertionError("a vector of type " + type);
        }
    }
}
