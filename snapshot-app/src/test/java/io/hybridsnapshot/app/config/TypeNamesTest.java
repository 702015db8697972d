package io.hybridsnapshot.app.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TypeNamesTest {
    @Test
    void ourOwnNamesAreRead() {
        assertEquals(ColumnType.TEXT, TypeNames.parse("text"));
        assertEquals(ColumnType.decimal(10, 2), TypeNames.parse("Decimal(10, 2)"));
    }

    @Test
    void theNamesOfDatabasesAreAnsweredWithOurs() {
        Map<String, String> names = Map.ofEntries(
                Map.entry("bigint", "int64"),
                Map.entry("INT", "int32"),
                Map.entry("integer", "int32"),
                Map.entry("smallint", "int16"),
                Map.entry("varchar(20)", "text"),
                Map.entry("nvarchar(max)", "text"),
                Map.entry("text(20)", "text"),
                Map.entry("real", "float32"),
                Map.entry("double precision", "float64"),
                Map.entry("double", "float64"),
                Map.entry("numeric", "decimal(p,s)"),
                Map.entry("numeric(12, 3)", "decimal(12,3)"),
                Map.entry("numeric(12)", "decimal(12,0)"),
                Map.entry("numeric(99,3)", "decimal(p,s)"),
                Map.entry("money", "decimal(19,4)"),
                Map.entry("datetime", "timestamp(3)"),
                Map.entry("datetime2(5)", "timestamp(5)"),
                Map.entry("bit", "boolean"),
                Map.entry("uniqueidentifier", "uuid"));
        names.forEach((theirs, ours) -> {
            SnapshotException error = assertThrows(SnapshotException.class, () -> TypeNames.parse(theirs), theirs);
            assertTrue(error.getMessage().endsWith("; write " + ours + " for " + theirs), () -> error.getMessage());
            assertTrue(error.expected().orElse("").contains("int64") || theirs.contains("("), theirs);
        });
    }

    @Test
    void nothingIsSuggestedForANameThatNobodyUses() {
        SnapshotException error = assertThrows(SnapshotException.class, () -> TypeNames.parse("colour"));
        assertFalse(error.getMessage().contains("write "), error.getMessage());
    }
}
