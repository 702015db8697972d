package io.hybridsnapshot.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.error.Wording;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.source.ReadOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every error caused by a wrong separator shows the header as it was read and tells how to set the separator. */
class WrongSeparatorTest {
    private static final CsvFormat TEXT = CsvFormat.DEFAULT.withInference(Inference.NONE);
    private static final String SEMICOLON = "the separator seems to be ';' and not ',': set the format's separator";

    @TempDir
    Path directory;

    @Test
    void aRequiredColumn() {
        SnapshotException e = failure("id;name\n1;x\n", TEXT, List.of("id"));
        assertEquals("a column that is needed is not in the header", e.problem());
        assertEquals("no 'id' in a header of 1 column: 'id;name'", e.actual().orElseThrow());
        assertEquals(SEMICOLON, e.nextStep().orElseThrow());
    }

    @Test
    void anApplicationNamesTheSeparatorInItsOwnWords() {
        Wording knobs = remedy -> remedy == CsvRemedy.SEPARATOR ? "turn the knob" : remedy.words();
        for (String text : List.of("id;name\n1;x\n", "id name\n1 x\n")) {
            SnapshotException e = failure(text, TEXT, List.of("id"));
            assertTrue(
                    e.in(knobs).getMessage().endsWith("turn the knob"),
                    e.in(knobs).getMessage());
            assertTrue(e.getMessage().endsWith("set the format's separator"), e.getMessage());
        }
    }

    @Test
    void aWantedColumn() {
        Path file = Tables.file(directory, "id;name\n1;x\n");
        CsvRowSource source = new CsvRowSource(file, TEXT);
        SnapshotException e =
                assertThrows(SnapshotException.class, () -> source.open(ReadOptions.ALL.withColumns(List.of("name"))));
        assertEquals("no 'name' in a header of 1 column: 'id;name'", e.actual().orElseThrow());
        assertEquals(SEMICOLON, e.nextStep().orElseThrow());
    }

    @Test
    void aDeclaredColumn() {
        SnapshotException e = failure("id;name\n1;x\n", TEXT.withTypes(Map.of("id", ColumnType.INT64)), List.of());
        assertEquals("no 'id' in a header of 1 column: 'id;name'", e.actual().orElseThrow());
        assertEquals(SEMICOLON, e.nextStep().orElseThrow());
    }

    @Test
    void aRowWithAnotherNumberOfFields() {
        for (CsvFormat format : List.of(TEXT, CsvFormat.DEFAULT)) {
            SnapshotException e = failure("id;name\n1;x,y\n2;z\n", format, List.of());
            assertEquals("a row has too many fields", e.problem());
            assertEquals("1, as in the header: 'id;name'", e.expected().orElseThrow());
            assertEquals(SEMICOLON, e.nextStep().orElseThrow());
        }
        SnapshotException few = failure("id;name, first;zip\n1;x;2\n2;z;3\n", TEXT, List.of());
        assertEquals("a row has too few fields", few.problem());
        assertEquals(
                "2, as in the header: 'id;name', ' first;zip'", few.expected().orElseThrow());
        assertEquals(SEMICOLON, few.nextStep().orElseThrow());
    }

    @Test
    void quotedNames() {
        SnapshotException e = failure("\"id\";\"name\"\n\"1\";\"x\"\n", TEXT, List.of());
        assertEquals("text stands after a closing quote", e.problem());
        assertEquals("a first line '\"id\";\"name\"'", e.actual().orElseThrow());
        assertEquals(SEMICOLON, e.nextStep().orElseThrow());
    }

    @Test
    void columnsWithoutAName() {
        SnapshotException e = failure("id;a,,\n1;2\n", TEXT, List.of());
        assertEquals("a column of the header has no name", e.problem());
        assertEquals("a header of 3 columns: 'id;a', '', ''", e.actual().orElseThrow());
        SnapshotException twice = failure("a;b;c,a;b;c\n1;2;3;4;5\n", TEXT, List.of());
        assertEquals("two columns of the header have one name", twice.problem());
        assertEquals(SEMICOLON, twice.nextStep().orElseThrow());
    }

    @Test
    void aHeaderOfOneColumnWithoutALikelySeparatorNamesTheSettingToo() {
        SnapshotException e = failure("id name\n1 x\n", TEXT, List.of("id"));
        assertEquals("no 'id' in a header of 1 column: 'id name'", e.actual().orElseThrow());
        assertTrue(
                e.nextStep().orElseThrow().endsWith("; if the separator is not ',', set the format's separator"),
                e.getMessage());
    }

    @Test
    void aRightSeparatorIsNotDoubted() {
        SnapshotException e = failure("id,name\n1,x;y;z\n2\n", TEXT, List.of());
        assertFalse(e.getMessage().contains("separator seems"), e.getMessage());
        SnapshotException column = failure("id,n;ame\n1,x\n2,y\n", TEXT, List.of("name"));
        assertFalse(column.getMessage().contains("separator seems"), column.getMessage());
    }

    @Test
    void longNamesAndControlCharactersAreCutAndEscaped() {
        String name = "x".repeat(100_000);
        SnapshotException e = failure("id\t" + name + "\n1\t2\n", TEXT, List.of("id"));
        assertTrue(e.getMessage().length() < 500, e.getMessage());
        assertTrue(e.actual().orElseThrow().contains("'id\\tx"), e.getMessage());
        assertTrue(
                e.nextStep().orElseThrow().startsWith("the separator seems to be a tab and not ','"), e.getMessage());
    }

    @Test
    void guessesAreMadeFromTheFirstLines() {
        assertEquals(Optional.of(';'), guess("a;b;c\n1;2;3\n"));
        assertEquals(Optional.of('\t'), guess("a\tb\n1\t2\n"));
        assertEquals(Optional.of('|'), guess("a|b;c|d\n1|2|3\n4|5|6\n"));
        assertEquals(Optional.of('\u0001'), guess("a\u0001b\n1\u00012\n"));
        assertEquals(Optional.of(':'), guess("a:b\n1:2\n"));
        assertEquals(Optional.of(';'), guess("\"a;b\";c\n\"1;2\";3\n"));
        assertEquals(Optional.of(';'), guess("a;b"));
        assertEquals(Optional.of(','), SeparatorGuess.of("a,b\n1,2\n", true, ';', '"'));
        // Nothing speaks for these.
        assertEquals(Optional.empty(), guess("zone:time"));
        assertEquals(Optional.empty(), guess("zone:time\n1\n2\n"));
        assertEquals(Optional.empty(), guess("a,b\n1;2;3,4;5;6\n"));
        assertEquals(Optional.empty(), guess("\"a;b\"\n1\n"));
        assertEquals(Optional.empty(), guess(""));
    }

    private static Optional<Character> guess(String head) {
        return SeparatorGuess.of(head, true, ',', '"');
    }

    private SnapshotException failure(String content, CsvFormat format, List<String> required) {
        Path file = Tables.file(directory, content);
        CsvRowSource source = new CsvRowSource(file, format).requiring(required);
        SnapshotException e = assertThrows(SnapshotException.class, () -> Tables.readAll(source, ReadOptions.ALL));
        assertEquals(Kind.INVALID_REQUEST, e.kind());
        return e;
    }
}
