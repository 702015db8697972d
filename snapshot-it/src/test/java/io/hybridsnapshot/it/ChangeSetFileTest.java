package io.hybridsnapshot.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.archive.ChangeSet;
import io.hybridsnapshot.domain.archive.ChangeSetStore;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.history.BuildChangeSets;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.Consent;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.parquet.ParquetSettings;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemoryRowSource;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another program, DuckDB, reads the file of a change set as {@code docs/change-sets.md} describes it. */
class ChangeSetFileTest {
    private static final Dataset DATASET = Dataset.of("orders", List.of("ID"));
    private static final Schema COLUMNS = Schema.of(
            new Column("ID", ColumnType.INT64),
            new Column("NAME", ColumnType.TEXT),
            new Column("QTY", ColumnType.INT64));

    @TempDir
    Path directory;

    private static Table table(Object[]... rows) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(COLUMNS, rows.length);
        for (Object[] row : rows) {
            ((LongVector) vectors.get(0)).append((Long) row[0]);
            if (row[1] == null) {
                vectors.get(1).appendNull();
            } else {
                ((BytesVector) vectors.get(1)).append((String) row[1]);
            }
            ((LongVector) vectors.get(2)).append((Long) row[2]);
        }
        return new Table(COLUMNS, List.of(new RowBatch(COLUMNS, vectors)));
    }

    private Path changeSet(Table before, Table after) throws Exception {
        InMemoryArchiveStore archive = new InMemoryArchiveStore();
        SnapshotEnvironment environment = SnapshotEnvironment.of(
                new InMemoryWindowStore(),
                archive,
                new ParquetSnapshotCodec(ParquetSettings.defaults()),
                directory.resolve("work"));
        for (Table table : List.of(before, after)) {
            new SaveSnapshot(environment)
                    .save(
                            SaveRequest.of(DATASET, Partition.ALL).withConsents(EnumSet.allOf(Consent.class)),
                            new InMemoryRowSource("orders", table));
        }
        List<BuildChangeSets.Step> steps =
                new BuildChangeSets(environment).build(DATASET, Optional.empty(), Progress.NONE);
        ChangeSetStore store = archive.changeSets().orElseThrow();
        ArchiveId later = steps.get(0).changeSet().map(ChangeSet::archive).orElseThrow();
        try (SeekableBytes bytes = store.open(later)) {
            byte[] all = new byte[(int) bytes.length()];
            bytes.read(0, all, 0, all.length);
            return Files.write(directory.resolve("set.parquet"), all);
        }
    }

    private static List<String> rows(String query) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> lines = new ArrayList<>();
            while (rows.next()) {
                StringBuilder line = new StringBuilder();
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    line.append(column == 1 ? "" : "|").append(rows.getString(column));
                }
                lines.add(line.toString());
            }
            return lines;
        }
    }

    @Test
    void everyLineReadsAsTheDocumentSays() throws Exception {
        Path set = changeSet(
                table(
                        new Object[] {1L, "Anna", 5L},
                        new Object[] {2L, "Bob", 6L},
                        new Object[] {3L, null, 7L},
                        new Object[] {4L, "Di", 8L}),
                table(
                        new Object[] {4L, "Di", 8L},
                        new Object[] {1L, "Anne", 5L},
                        new Object[] {5L, "Eve", 9L},
                        new Object[] {3L, "Cy", 7L}));
        assertEquals(
                List.of(
                        "SCHEMA|0|0|ID|int64|int64",
                        "SCHEMA|1|1|NAME|text|text",
                        "SCHEMA|2|2|QTY|int64|int64",
                        "KEY|0|0|ID|null|null",
                        "RUN|3|0|null|null|null",
                        "RUN|0|1|null|null|null",
                        "DELETED|1|null|null|null|null",
                        "NEW|null|2|null|null|null",
                        "CHANGED|0|1|null|null|null",
                        "CHANGED|2|3|null|null|null",
                        "DELETED|1|null|ID|2|null",
                        "NEW|null|2|ID|null|5",
                        "CHANGED|null|1|ID|1|1",
                        "CHANGED|null|3|ID|3|3",
                        "DELETED|1|null|NAME|Bob|null",
                        "NEW|null|2|NAME|null|Eve",
                        "COLUMN|null|0|NAME|Di|Di",
                        "COLUMN|null|1|NAME|Anna|Anne",
                        "COLUMN|null|3|NAME|null|Cy",
                        "DELETED|1|null|QTY|6|null",
                        "NEW|null|2|QTY|null|9"),
                rows("select kind, position_before, position_after, \"column\", before, after from '" + set
                        + "' where kind <> 'NOTE'"));
        assertEquals(
                List.of("CHANGED|1|1", "CHANGED|3|3", "DELETED|2|null", "NEW|null|5"),
                rows("select r.kind, c.before, c.after from '" + set + "' r join '" + set + "' c on c.kind = r.kind"
                        + " and c.\"column\" = 'ID' and coalesce(c.position_after, c.position_before)"
                        + " = coalesce(r.position_after, r.position_before) where r.identity is not null"
                        + " order by 1, 2, 3"));
    }
}
