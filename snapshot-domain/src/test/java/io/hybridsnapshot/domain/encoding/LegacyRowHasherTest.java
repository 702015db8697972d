package io.hybridsnapshot.domain.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LegacyRowHasherTest {
    private static String hash(OneRow row, LegacySpec spec, String key) {
        LegacyRowHasher hasher = LegacyRowHasher.of(row.schema(), spec, HashSpec.HSR1, List.of(key));
        hasher.observe(row.batch());
        return hasher.hash(row.batch()).hex(0);
    }

    private static SnapshotException refused(OneRow row, LegacySpec spec) {
        SnapshotException error = assertThrows(SnapshotException.class, () -> hash(row, spec, "K"));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        return error;
    }

    @Test
    void reproducesTheVectorsOfTheDocument() {
        OneRow first = OneRow.row()
                .with("B", ColumnType.TEXT, "x")
                .with("A", ColumnType.TEXT, " 1 ")
                .with("C", ColumnType.TEXT, null);
        assertEquals(
                "9e368a29857bae3aab217152c159356e8d6b85a879bcb13474f3a518fd5de7f2", hash(first, LegacySpec.PY_B, "A"));
        OneRow second = OneRow.row()
                .with("QTY", ColumnType.INT32, 720)
                .with("CUSTOMER NAME", ColumnType.TEXT, "GREYSON")
                .with("AAG ORDER NUMBER", ColumnType.TEXT, "JOO-00505");
        assertEquals(
                "e0e2d02c71943926bf32152b98beeb4389f4fd2b2f9b73afafc4a1a5e3ba3c8d",
                hash(second, LegacySpec.PY_B, "QTY"));
    }

    @Test
    void identifiesRowsAsTheRowHasherDoes() {
        UUID key = UUID.fromString("6f9619ff-8b86-d011-b42d-00c04fc964ff");
        OneRow row = OneRow.row().with("V", ColumnType.TEXT, "x").with("K", ColumnType.UUID, key);
        for (List<String> columns : List.of(List.of("K"), List.of("V"), List.of("V", "K"))) {
            LegacyRowHasher hasher = LegacyRowHasher.of(row.schema(), LegacySpec.PY_A, HashSpec.HSR1, columns);
            hasher.observe(row.batch());
            assertEquals(
                    row.hashes(HashSpec.HSR1, columns).identity(0),
                    hasher.hash(row.batch()).identity(0));
        }
    }

    @Test
    void needsTheManagersColumnsAndTheKeyAlone() {
        OneRow row = OneRow.row()
                .with("V", ColumnType.instant(6), Instant.EPOCH)
                .with("CUSTOMER STYLE", ColumnType.TEXT, null)
                .with("CUSTOMER NAME", ColumnType.TEXT, " y")
                .with("AAG ORDER NUMBER", ColumnType.TEXT, "x")
                .with("K", ColumnType.INT32, 1);
        LegacyRowHasher hasher = LegacyRowHasher.of(row.schema(), LegacySpec.PY_C, HashSpec.HSR1, List.of("K"));
        assertEquals(
                List.of("K", "AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE"),
                hasher.schema().names());
        hasher.observe(row.batch());
        OneRow text = OneRow.row().with("TEXT", ColumnType.TEXT, "x| y|None");
        assertEquals(
                hash(text, LegacySpec.PY_A, "TEXT"), hasher.hash(row.batch()).hex(0));
    }

    @Test
    void namesAColumnOfTheManagersThatIsNotThere() {
        OneRow row = OneRow.row()
                .with("K", ColumnType.TEXT, "k")
                .with("AAG ORDER NUMBER", ColumnType.TEXT, "x")
                .with("CUSTOMER NAMES", ColumnType.TEXT, "y")
                .with("CUSTOMER STYLE", ColumnType.TEXT, "z");
        SnapshotException error = refused(row, LegacySpec.PY_C);
        assertTrue(error.getMessage().contains("column 'CUSTOMER NAME'"), error.getMessage());
        assertTrue(error.getMessage().contains("the source has 'CUSTOMER NAMES'"), error.getMessage());
    }

    @Test
    void namesAnInstantBecauseThePipelineReadNone() {
        OneRow row = OneRow.row().with("K", ColumnType.TEXT, "k").with("SEEN", ColumnType.instant(6), Instant.EPOCH);
        assertTrue(refused(row, LegacySpec.PY_B).getMessage().contains("column 'SEEN'"));
    }

    @Test
    void refusesToObserveOnceItHashes() {
        OneRow row = OneRow.row().with("K", ColumnType.TEXT, "k");
        LegacyRowHasher hasher = LegacyRowHasher.of(row.schema(), LegacySpec.PY_A, HashSpec.HSR1, List.of("K"));
        hasher.observe(row.batch());
        hasher.hash(row.batch());
        assertThrows(IllegalStateException.class, () -> hasher.observe(row.batch()));
    }

    @ParameterizedTest
    @EnumSource(LegacySpec.class)
    void hasANameThatIsReadBack(LegacySpec spec) {
        assertEquals(spec, LegacySpec.parse(spec.id()));
    }

    @Test
    void suggestsTheNearestName() {
        SnapshotException error = assertThrows(SnapshotException.class, () -> LegacySpec.parse("legacy_py_b"));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        assertEquals(
                "unknown legacy hash spec: found 'legacy_py_b', expected legacy-py-a, legacy-py-b or"
                        + " legacy-py-c (did you mean 'legacy-py-b'?); name the"
                        + " hash spec of the rows in the window",
                error.getMessage());
    }
}
