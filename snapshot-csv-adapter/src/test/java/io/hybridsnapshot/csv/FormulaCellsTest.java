package io.hybridsnapshot.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts that a spreadsheet program would run are marked on request, and left unchanged otherwise. */
class FormulaCellsTest {
    private static final CsvFormat FORMAT = CsvFormat.DEFAULT
            .withEmptyCells(EmptyCells.UNQUOTED_EMPTY_IS_NULL)
            .withTypes(Map.of("n", ColumnType.INT64, "d", ColumnType.decimal(5, 2)))
            .withDefaultType(ColumnType.TEXT);

    @TempDir
    Path directory;

    @Test
    void everyTextThatStartsAFormulaIsMarked() {
        for (String text : List.of(
                "=1+1",
                "+1",
                "-1",
                "@SUM(A1)",
                "\t=1",
                "\r=1",
                "\n=1",
                " =1",
                "   @x",
                "＝1",
                "＋1",
                "－1",
                "＠x",
                "=\"a\",b",
                "-",
                "=" + "x".repeat(200_000))) {
            assertEquals("'" + text, written(text, FormulaCells.MARKED), text);
            assertEquals(text, written(text, FormulaCells.KEPT), text);
        }
    }

    @Test
    void otherTextsStayAsTheyAre() {
        for (String text : List.of("x=1", "a-b", "'=1", "1", "", " ", "größer", "！x", "漢字", "x\n=1", "#N/A")) {
            assertEquals(text, written(text, FormulaCells.MARKED), text);
        }
    }

    @Test
    void numbersAndNullStayAndNamesOfColumnsAreMarked() {
        Path file = Tables.file(directory, "n,d,=a,\"-b,c\"\n-5,-0.05,,=1\n");
        assertEquals("n,d,'=a,\"'-b,c\"\n-5,-0.05,,'=1\n", csv(file, FormulaCells.MARKED));
        assertEquals("n,d,=a,\"-b,c\"\n-5,-0.05,,=1\n", csv(file, FormulaCells.KEPT));
    }

    private String written(String text, FormulaCells formulas) {
        Path file = Tables.file(directory, "a\n\"" + text.replace("\"", "\"\"") + "\"\n");
        Path copy = Tables.file(directory, csv(file, formulas, FORMAT.withTypes(Map.of())));
        return Tables.read(copy, FORMAT.withTypes(Map.of()), ReadOptions.ALL)
                .get(0)
                .get(0);
    }

    private static String csv(Path file, FormulaCells formulas) {
        return csv(file, formulas, FORMAT);
    }

    private static String csv(Path file, FormulaCells formulas, CsvFormat format) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (RowStream rows = new CsvRowSource(file, format).open(ReadOptions.ALL);
                CsvRowWriter writer =
                        CsvRowWriter.to(out, "a test", rows.schema(), CsvLayout.DEFAULT.withFormulaCells(formulas))) {
            for (var batch = rows.next(); batch.isPresent(); batch = rows.next()) {
                writer.append(batch.get());
            }
            writer.finish();
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
