package io.hybridsnapshot.engine.internal.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts that name a value, and texts that name none. */
final class TypedTextTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "int32|7|7",
                "int32|7.00|7",
                "int32|-12|-12",
                "int32|-0|0",
                "int64|9223372036854775807|9223372036854775807",
                "decimal(12,2)|7|7.00",
                "decimal(12,2)|7.5|7.50",
                "decimal(12,2)|7.5000|7.50",
                "decimal(38,10)|-0.0000000001|-0.0000000001",
                "float64|7|7",
                "float64|7.0|7",
                "float64|0.1|0.1",
                "float64|1e+22|1e+22",
                "float64|10000000000000000000000|1e+22",
                "float64|NaN|NaN",
                "float64|-Infinity|-Infinity",
                "float32|0.1|0.1",
                "float32|16777216|16777216",
                "boolean|true|true",
                "text| 7 | 7 ",
                "binary|0aFF|0aff",
                "date|2026-02-28|2026-02-28",
                "time|10:20:30.5|10:20:30.5",
                "timestamp(6)|2026-02-28T10:20:30|2026-02-28 10:20:30",
                "instant(6)|2026-02-28T12:20:30+02:00|2026-02-28T10:20:30Z",
                "uuid|123E4567-E89B-12D3-A456-426614174000|123e4567-e89b-12d3-a456-426614174000"
            })
    void aTextNamesAValue(String type, String text, String canonical) {
        assertEquals(Optional.of(canonical), read(ColumnType.parse(type), text));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "int32|1E2",
                "int32|+7",
                "int32|007",
                "int32|7d",
                "int32|0x7",
                "int32| 7",
                "int32|7 ",
                "int32|7.",
                "int32|.5",
                "int32|7.5",
                "int32|1,000",
                "int32|٧",
                "int32|７",
                "int32|2147483648888888888888",
                "int32|\"\"",
                "decimal(12,2)|7.005",
                "decimal(12,2)|1E2",
                "decimal(12,2)|00.5",
                "decimal(12,2)|12345678901",
                "float64|7d",
                "float64|7f",
                "float64| 7",
                "float64|+7",
                "float64|07",
                "float64|1E22",
                "float64|0x1p3",
                "float64|0.1000000000000000055",
                "float64|9007199254740993",
                "float64|nan",
                "float64|1e999",
                "float32|0.1d",
                "float32|0.100000001",
                "boolean|TRUE",
                "boolean|1",
                "binary|abc",
                "date|2026-02-30",
                "date|2026-2-3",
                "time|25:00:00",
                "timestamp(6)|2026-02-28",
                "instant(6)|2026-02-28T12:20:30",
                "uuid|1-1-1-1-1",
                "uuid|{123e4567-e89b-12d3-a456-426614174000}"
            })
    void aTextNamesNoValue(String type, String text) {
        assertEquals(Optional.empty(), read(ColumnType.parse(type), text));
    }

    /** The value that a text names, as cells are shown. */
    private static Optional<String> read(ColumnType type, String text) {
        Schema schema = Schema.of(List.of(new Column("KEY", type)));
        ColumnVector vector = RowBatch.vectorsFor(schema, 1).get(0);
        Optional<Consumer<ColumnVector>> cell = TypedText.cell(type, text);
        cell.ifPresent(value -> value.accept(vector));
        return cell.map(value -> CellText.of(type, vector, 0));
    }
}
