package io.hybridsnapshot.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.LegacySpec;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.engine.comparison.DeltaBasis;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.comparison.DetectRequest;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.sqlserver.TestSqlServer;
import io.hybridsnapshot.sqlserver.window.SqlServerWindowSettings;
import io.hybridsnapshot.sqlserver.window.SqlServerWindowStore;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemoryRowSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A window on SQL Server that the Python pipeline wrote with its own statements and hashes, found unchanged and taken
 * over.
 */
@Tag(TestSqlServer.TAG)
class SqlServerTakeOverTest {
    private static final Dataset ORDERS = Dataset.of("ORDERS_UNIFIED", List.of("record_uuid"))
            .withCarriedColumns(List.of("AAG ORDER NUMBER", "CUSTOMER NAME"));

    private static final Schema SCHEMA = Schema.of(
            new Column("record_uuid", ColumnType.UUID),
            new Column("AAG ORDER NUMBER", ColumnType.TEXT),
            new Column("CUSTOMER NAME", ColumnType.TEXT),
            new Column("QTY", ColumnType.INT32));

    private static final int ROWS = 30;

    @RegisterExtension
    static final TestSqlServer SQL_SERVER = new TestSqlServer(TestSqlServer.Reading.LOCKS);

    @TempDir
    Path directory;

    @BeforeAll
    static void makeTables() {
        TestSqlServer.TABLE_SCRIPTS.forEach(SQL_SERVER::executeScript);
    }

    @Test
    void aWindowOfThePipelineIsComparedByItsHashesAndTakenOverByTheFirstSave() {
        SqlServerWindowStore window = new SqlServerWindowStore(SqlServerWindowSettings.of(SQL_SERVER.database()));
        SnapshotEnvironment environment =
                SnapshotEnvironment.of(window, new InMemoryArchiveStore(), new ParquetSnapshotCodec(), directory);
        window.prepare(ORDERS);
        writeAsThePipelineDoes();
        DetectRequest plain = new DetectRequest(ORDERS, Partition.ALL, Optional.empty(), Progress.NONE);

        DeltaReport same = detect(environment, plain.withForeignHashes(LegacySpec.PY_B), orders(ROWS, -1));
        assertEquals(new DeltaSummary(0, 0, ROWS, 0), same.counts());
        assertEquals(DeltaBasis.LEGACY_HASHES, same.basis());
        DeltaReport changed = detect(environment, plain.withForeignHashes(LegacySpec.PY_B), orders(ROWS + 2, 4));
        assertEquals(new DeltaSummary(2, 1, ROWS - 1, 0), changed.counts());

        new SaveSnapshot(environment)
                .save(SaveRequest.of(ORDERS, Partition.ALL).withForeignHashes(LegacySpec.PY_B), orders(ROWS + 2, 4));
        assertEquals(
                Optional.of("hsr1"),
                window.findCurrent(ORDERS, Partition.ALL).orElseThrow().hashSpecId());
        DeltaReport after = detect(environment, plain, orders(ROWS + 2, 4));
        assertEquals(new DeltaSummary(0, 0, ROWS + 2, 0), after.counts());
        assertTrue(window.snapshots(ORDERS, Optional.of(Partition.ALL)).size() == 2);
    }

    private static DeltaReport detect(SnapshotEnvironment environment, DetectRequest request, RowSource source) {
        return new DetectChanges(environment).detect(request, source);
    }

    private static String order(int row) {
        return "JOO-%05d".formatted(row);
    }

    private static UUID id(int row) {
        return new UUID(0x0102030405060708L * (row + 1), row);
    }

    /** The orders; one of them has another quantity. */
    private static RowSource orders(int rows, int changed) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(SCHEMA, rows);
        for (int i = 0; i < rows; i++) {
            ((UuidVector) vectors.get(0)).append(id(i));
            ((BytesVector) vectors.get(1)).append(order(i));
            ((BytesVector) vectors.get(2)).append("GREYSON");
            ((LongVector) vectors.get(3)).append(i == changed ? 1 : 720 + i);
        }
        return new InMemoryRowSource("orders", new Table(SCHEMA, List.of(new RowBatch(SCHEMA, vectors))));
    }

    /**
     * SHA-256 over the values in order of their columns' names, joined by a bar: {@code legacy-py-b}, made without the
     * program.
     */
    private static String legacyHash(int row) {
        try {
            String text = order(row) + "|GREYSON|" + (720 + row);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static void writeAsThePipelineDoes() {
        SQL_SERVER.execute("DELETE FROM dbo.ORDERS_UNIFIED_SNAPSHOT WHERE customer_filter = ?", List.of("ALL"));
        for (int i = 0; i < ROWS; i++) {
            SQL_SERVER.execute(
                    "INSERT INTO dbo.ORDERS_UNIFIED_SNAPSHOT (record_uuid, row_hash, [AAG ORDER NUMBER],"
                            + " [CUSTOMER NAME], [CUSTOMER STYLE], snapshot_date, customer_filter) VALUES (?,"
                            + " ?, ?, ?, ?, ?, ?)",
                    List.of(
                            id(i).toString(),
                            legacyHash(i),
                            order(i),
                            "GREYSON",
                            "JOES",
                            LocalDateTime.parse("2026-03-01T12:00:00"),
                            "ALL"));
        }
    }
}
