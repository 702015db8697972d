package io.hybridsnapshot.app.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.output.ProtectedFiles;
import io.hybridsnapshot.domain.dataset.RowStampPolicy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.engine.expectation.Expectation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFileTest {
    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("snapshot.yaml");
    }

    private DatasetSection section() {
        return DatasetSection.of(new SourceSection.Csv(directory.resolve("in/orders.csv")), List.of("ORDER NO"));
    }

    private Configuration load() {
        return ConfigurationLoader.load(new ConfigurationRequest(
                Optional.of(file()), Optional.empty(), directory, Optional.of(directory), Map.of()));
    }

    private String added(String before) throws IOException {
        Files.writeString(file(), before);
        ConfigurationFile.addDataset(file(), "orders", section(), ProtectedFiles.NONE);
        assertEquals(section(), load().datasets().get("orders"));
        return Files.readString(file());
    }

    @Test
    void aFileIsMadeWhereThereIsNone() throws IOException {
        ConfigurationFile.addDataset(file(), "orders", section(), ProtectedFiles.NONE);
        ConfigurationFile.addDataset(file(), "more", section(), ProtectedFiles.NONE);
        assertEquals("""
                # What snapshot works with; docs/configuration.md lists every key. Relative paths start at this file.
                datasets:
                  orders:
                    source: {csv: in/orders.csv}
                    key: ["ORDER NO"]
                  more:
                    source: {csv: in/orders.csv}
                    key: ["ORDER NO"]
                """, Files.readString(file()));
        assertEquals(List.of("orders", "more"), List.copyOf(load().datasets().keySet()));
    }

    @Test
    void whatIsThereStaysAsItIs() throws IOException {
        String block = "orders:\n%1$s  source: {csv: in/orders.csv}\n%1$s  key: [\"ORDER NO\"]\n";
        String two = "  " + block.formatted("  ");
        String four = "    " + block.formatted("    ");
        assertEquals(
                "# mine\nretention: {keep-days: 3}\n\ndatasets:\n" + two, added("# mine\nretention: {keep-days: 3}\n"));
        assertEquals("datasets:\n" + two + "# end\n", added("datasets:\n# end\n"));
        assertEquals(
                "datasets:\n    a:\n        key: [x]   # why\n" + four + "\n# next\nretention:\n  keep-days: 3\n",
                added("datasets:\n    a:\n        key: [x]   # why\n\n# next\nretention:\n  keep-days: 3\n"));
        assertEquals(
                "datasets:\n  a:\n    key:\n      - x\n      - y\n" + two + "retention: {keep-days: 3}\n",
                added("datasets:\n  a:\n    key:\n      - x\n      - y\nretention: {keep-days: 3}\n"));
        assertEquals(
                "datasets:\n  a:\n    key: x\n    source:\n      query: |\n        select 1\n        from t\n" + two,
                added("datasets:\n  a:\n    key: x\n    source:\n      query: |\n        select 1\n        from t\n"));
    }

    @Test
    void aFormThatLinesCannotBeAddedToIsLeftAlone() throws IOException {
        for (String text : List.of("datasets: {a: {key: x}}\n", "datasets: {}\n")) {
            SnapshotException refused = assertThrows(SnapshotException.class, () -> added(text));
            assertTrue(
                    refused.getMessage().contains("  orders:\n    source: {csv: in/orders.csv}"), refused.getMessage());
            assertEquals(text, Files.readString(file()));
        }
    }

    @Test
    void aNameIsDefinedOnceWhateverItsCase() throws IOException {
        Files.writeString(file(), "datasets:\n  ORDERS: {key: x}\n");
        SnapshotException taken = assertThrows(
                SnapshotException.class,
                () -> ConfigurationFile.addDataset(file(), "orders", section(), ProtectedFiles.NONE));
        assertTrue(taken.getMessage().contains("snapshot.yaml:2"), taken.getMessage());
    }

    @Test
    void everyTextComesBackAsItWas() throws IOException {
        List<String> awkward = List.of(
                "plain",
                "ORDER NO",
                "yes",
                "null",
                "0x1F",
                "1.5",
                "a: b",
                "# no",
                "- x",
                "\"q\"",
                "back\\slash",
                "tab\there",
                "line\nbreak",
                "{",
                "[x]",
                "*",
                "&a",
                "!t",
                "%",
                "@",
                "`",
                "'",
                " lead",
                "trail ",
                "čeština",
                "你好",
                "😀",
                "NO",
                ".5",
                "~",
                "2026-01-01",
                "\u0001",
                "\u2028",
                "\ufeff",
                "O'Neil, \"Bob\"");
        DatasetSection section = DatasetSection.builder()
                .source(Optional.of(new SourceSection.Csv(Path.of("/else/where/a b.csv"))))
                .key(awkward)
                .carried(awkward)
                .partitionColumn(Optional.of("*"))
                .leftOut(Optional.of(awkward))
                .types(Map.of("a: b", ColumnType.decimal(10, 2), "no", ColumnType.TEXT))
                .defaultType(Optional.of(ColumnType.TEXT))
                .csv(new CsvSection(
                        Optional.of('\t'),
                        Optional.of('\''),
                        Optional.of(CsvSection.EmptyCell.TEXT),
                        Optional.of(StandardCharsets.ISO_8859_1),
                        new CsvSection.Spelling(
                                Set.of("NULL", "n/a, \"none\""),
                                Optional.of(','),
                                Optional.of(' '),
                                Optional.of("dd.MM.yyyy")),
                        Optional.of(CsvSection.Header.NO)))
                .keepCount(Optional.of(3))
                .maxDeletedShare(Optional.of(0.25))
                .maxChangedShare(Optional.of(0.75))
                .expectations(List.of(
                        Expectation.parse("column 'a\"b: c' changed <= 1.5% otherwise warn"),
                        Expectation.parse("new-columns none")))
                .sourceDatabase(Optional.of("yes"))
                .rowStamps(Optional.of(RowStampPolicy.VERSION))
                .build();
        ConfigurationFile.addDataset(file(), "orders", section, ProtectedFiles.NONE);
        assertEquals(section, load().datasets().get("orders"));
        assertFalse(Files.readString(file()).contains("\t"));
    }

    @Test
    void filesOfAllFormsAreReadBackAsTheyWereWritten() throws IOException {
        Map<String, DatasetSection> sections = Map.of(
                "lines", DatasetSection.of(new SourceSection.JsonLines(directory.resolve("a.jsonl")), List.of("id")),
                "first",
                        DatasetSection.of(
                                new SourceSection.Excel(directory.resolve("b.xlsx"), Optional.empty()), List.of("id")),
                "sheet",
                        DatasetSection.of(
                                new SourceSection.Excel(directory.resolve("b.xlsx"), Optional.of("It's: \"2024\"")),
                                List.of("id")),
                "bare",
                        section().toBuilder()
                                .csv(new CsvSection(
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        CsvSection.Spelling.DEFAULT,
                                        Optional.of(CsvSection.Header.NO)))
                                .build());
        for (Map.Entry<String, DatasetSection> section : sections.entrySet()) {
            ConfigurationFile.addDataset(file(), section.getKey(), section.getValue(), ProtectedFiles.NONE);
        }
        assertEquals(sections, load().datasets());
    }
}
