package io.hybridsnapshot.sqlserver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourceColumnTest {
    @Test
    void everyTypeHasItsCounterpart() {
        assertMapped("bit", 1, 0, "boolean", "bit");
        assertMapped("tinyint", 3, 0, "int16", "tinyint");
        assertMapped("smallint", 5, 0, "int16", "smallint");
        assertMapped("int", 10, 0, "int32", "int");
        assertMapped("int identity", 10, 0, "int32", "int");
        assertMapped("bigint", 19, 0, "int64", "bigint");
        assertMapped("real", 7, 0, "float32", "real");
        assertMapped("float", 15, 0, "float64", "float");
        assertMapped("money", 19, 4, "decimal(19,4)", "money");
        assertMapped("smallmoney", 10, 4, "decimal(10,4)", "smallmoney");
        for (String text : List.of("char", "varchar", "text", "nchar", "nvarchar", "ntext")) {
            assertMapped(text, 2_147_483_647, 0, "text", text);
        }
        for (String bytes : List.of("binary", "varbinary", "image")) {
            assertMapped(bytes, 8_000, 0, "binary", bytes);
        }
        assertMapped("date", 10, 0, "date", "date");
        assertMapped("datetime", 23, 3, "timestamp(3)", "datetime");
        assertMapped("smalldatetime", 16, 0, "timestamp(0)", "smalldatetime");
        assertMapped("uniqueidentifier", 36, 0, "uuid", "uniqueidentifier");
    }

    @Test
    void decimalsKeepPrecisionAndScale() {
        for (int[] type : new int[][] {{1, 0}, {1, 1}, {18, 0}, {18, 18}, {19, 0}, {38, 0}, {38, 38}, {38, 10}}) {
            String digits = "(" + type[0] + "," + type[1] + ")";
            assertMapped("decimal", type[0], type[1], "decimal" + digits, "decimal" + digits);
            assertMapped("numeric", type[0], type[1], "decimal" + digits, "numeric" + digits);
        }
    }

    @Test
    void timesKeepTheirDigits() {
        for (int digits = 0; digits <= 7; digits++) {
            assertMapped("time", 16, digits, "time(" + digits + ")", "time(" + digits + ")");
            assertMapped("datetime2", 27, digits, "timestamp(" + digits + ")", "datetime2(" + digits + ")");
            assertMapped("datetimeoffset", 34, digits, "instant(" + digits + ")", "datetimeoffset(" + digits + ")");
        }
    }

    @Test
    void anyOtherTypeIsNamedWithItsColumn() {
        for (String type :
                List.of("xml", "sql_variant", "hierarchyid", "geography", "geometry", "json", "vector", "udt")) {
            SnapshotException error =
                    assertThrows(SnapshotException.class, () -> SourceColumn.of("the one", type, 0, 0, "a query"));
            assertEquals(Kind.INVALID_REQUEST, error.kind());
            assertTrue(error.getMessage().contains("column 'the one'"), error.getMessage());
            assertTrue(error.getMessage().contains(type), error.getMessage());
            assertTrue(error.getMessage().contains("cast it in the query, for example to nvarchar(max)"), type);
        }
        SnapshotException version =
                assertThrows(SnapshotException.class, () -> SourceColumn.of("v", "timestamp", 8, 0, "a query"));
        assertTrue(version.getMessage().contains("rowversion"), version.getMessage());
        assertTrue(version.getMessage().contains("binary(8)"), version.getMessage());
    }

    @Test
    void aColumnWithoutNameIsRefused() {
        SnapshotException error =
                assertThrows(SnapshotException.class, () -> SourceColumn.of("", "int", 10, 0, "a query"));
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("by AS"), error.getMessage());
    }

    @Test
    void namesAreQuotedAndInstantsTurnedToUtcByTheServer() {
        assertEquals("\"a ] ? {0} \"\"\"", column("a ] ? {0} \"", "int", 0).selected());
        assertEquals(
                "CAST(SWITCHOFFSET(\"o]o\", '+00:00') AS datetime2(5)) AS \"o]o\"",
                column("o]o", "datetimeoffset", 5).selected());
        assertEquals(
                SourceColumn.Form.DATETIME2, column("o", "datetimeoffset", 5).selectedForm());
    }

    private static SourceColumn column(String name, String type, int scale) {
        return SourceColumn.of(name, type, 10, scale, "a query");
    }

    private static void assertMapped(String type, int precision, int scale, String domainType, String serverType) {
        SourceColumn column = SourceColumn.of("c", type, precision, scale, "a query");
        assertEquals(domainType, column.type().toString(), type);
        assertEquals(serverType, column.serverType());
        assertEquals("c", column.name());
    }
}
