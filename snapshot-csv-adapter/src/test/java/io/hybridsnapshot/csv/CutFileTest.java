package io.hybridsnapshot.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A truncated plain file: an error if a row lacks fields, a remark if only its line end is missing. */
class CutFileTest {
    private static final CsvFormat TEXT = CsvFormat.DEFAULT.withInference(Inference.NONE);
    private static final String WHOLE = "id,name,note\n1,x,\"a\nb\"\n2,größer,c\n3,z,d\n";

    @TempDir
    Path directory;

    @Test
    void noCutPassesUnnoticedButOneBetweenTwoRows() {
        int header = WHOLE.indexOf('\n');
        for (int length = header + 2; length < WHOLE.length(); length++) {
            String cut = WHOLE.substring(0, length);
            for (CsvFormat format : List.of(TEXT, CsvFormat.DEFAULT)) {
                Optional<String> told = told(cut, format);
                boolean between = cut.endsWith("b\"\n") || cut.endsWith("c\n");
                assertEquals(between, told.isEmpty(), "'" + cut + "' with " + format.inference() + ": " + told);
            }
        }
        assertEquals(Optional.empty(), told(WHOLE, TEXT));
        assertEquals(Optional.empty(), told(WHOLE.replace("\n", "\r\n"), TEXT));
        assertEquals(Optional.empty(), told(WHOLE + "\n\n", TEXT));
    }

    @Test
    void aLastRowWithTooFewFieldsAndNoLineEndIsToldAsACut() {
        SnapshotException e = failure("a,b,c\n1,2,3\n4,5");
        assertEquals("the file ends in the middle of its last row", e.problem());
        assertTrue(e.where().orElseThrow().endsWith(", line 3"), e.getMessage());
        assertEquals("2 fields and no line end", e.actual().orElseThrow());
        assertEquals("3, as in the header: 'a', 'b', 'c'", e.expected().orElseThrow());
    }

    @Test
    void aShortRowThatIsNotTheLastOrHasItsLineEndIsARowWithTooFewFields() {
        for (String content : List.of("a,b,c\n4,5\n", "a,b,c\n4,5\n1,2,3", "a,b,c\n4,5\n\n", "a,b,c\n4,5\n\"open")) {
            SnapshotException e = failure(content);
            assertEquals("a row has too few fields", e.problem(), content);
            assertTrue(e.where().orElseThrow().endsWith(", line 2"), e.getMessage());
        }
    }

    private SnapshotException failure(String content) {
        Path file = Tables.file(directory, content);
        SnapshotException e = assertThrows(SnapshotException.class, () -> Tables.read(file, TEXT, ReadOptions.ALL));
        assertEquals(Kind.INVALID_REQUEST, e.kind());
        return e;
    }

    /** The message about a file: its error or its remark. */
    private Optional<String> told(String content, CsvFormat format) {
        CsvRowSource source = new CsvRowSource(Tables.file(directory, content), format);
        try (RowStream rows = source.open(ReadOptions.ALL)) {
            while (rows.next().isPresent()) {
                // Read to the end.
            }
            return rows.remark();
        } catch (SnapshotException e) {
            return Optional.of(e.getMessage());
        }
    }
}
