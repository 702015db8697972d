package io.hybridsnapshot.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.comparison.DetectRequest;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.parquet.Compression;
import io.hybridsnapshot.parquet.ParquetSettings;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.postgres.archive.FetchListener;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSettings;
import io.hybridsnapshot.postgres.archive.PostgresArchiveStore;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowStore;
import io.hybridsnapshot.samples.OrdersMaker;
import io.hybridsnapshot.samples.OrdersSpec;
import io.hybridsnapshot.samples.OrdersUnified;
import io.hybridsnapshot.testkit.data.TableAssert;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What comes over the connection from archived orders of 268 columns, as one value and in chunks, against where the
 * file has what is wanted. Where the parts of the file are is what DuckDB says.
 */
class RangeReadsTest {
    private static final int ROWS = 60_000;

    /** The archive fetches no less than this at once. */
    private static final long LEAST_FETCH = 16 << 10;

    /** The codec fetches so much of a file's end before it knows the footer's length. */
    private static final long TAIL = 64 << 10;

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @TempDir
    static Path directory;

    private static final OrdersMaker ORDERS = new OrdersMaker(OrdersSpec.of(23, ROWS));
    private static final SnapshotCodec CODEC =
            new ParquetSnapshotCodec(new ParquetSettings(Compression.ZSTD, 3, 2 << 20));
    private static final Fetched FETCHED = new Fetched();
    private static final Map<Kept, Saved> SAVED = new EnumMap<>(Kept.class);

    /** How the archive keeps a file. */
    enum Kept {
        AS_ONE_VALUE(64 << 20),
        IN_CHUNKS(0);

        private final long inlineLimit;

        Kept(long inlineLimit) {
            this.inlineLimit = inlineLimit;
        }
    }

    private record Saved(SnapshotEnvironment environment, ArchivedSnapshot archive, ParquetLayout layout) {}

    private static final class Fetched implements FetchListener {
        private long bytes;
        private int reads;

        @Override
        public void fetched(ArchiveId archive, long count) {
            bytes += count;
            reads++;
        }

        void reset() {
            bytes = 0;
            reads = 0;
        }
    }

    @BeforeAll
    static void save() throws SQLException, IOException {
        DATABASE.executeScript("ddl/tables/window/snapshot_window_postgresql.sql");
        DATABASE.executeScript("ddl/tables/kestra/snapshot_archive_postgresql.sql");
        for (Kept kept : Kept.values()) {
            SnapshotEnvironment environment = SnapshotEnvironment.of(
                    new PostgresWindowStore(PostgresWindowSettings.of(DATABASE.settings())),
                    new PostgresArchiveStore(
                            new PostgresArchiveSettings(DATABASE.settings(), kept.inlineLimit, 1 << 20), FETCHED),
                    CODEC,
                    directory.resolve("work"));
            ArchivedSnapshot archive = new SaveSnapshot(environment)
                    .save(SaveRequest.of(dataset(kept), Partition.ALL), ORDERS)
                    .archive()
                    .orElseThrow();
            Path file = directory.resolve(kept + ".parquet");
            new LoadSnapshot(environment).copyTo(archive, file);
            SAVED.put(kept, new Saved(environment, archive, ParquetLayout.of(file)));
        }
        assertEquals(
                List.of("f|t", "t|f"),
                DATABASE.rows("SELECT chunk_count > 1 IS TRUE, octet_length(parquet_data) > 0 FROM snapshot_archive"
                        + " ORDER BY archive_id"));
    }

    private static Dataset dataset(Kept kept) {
        return Dataset.of("orders_" + kept.name().toLowerCase(Locale.ROOT), List.of(OrdersUnified.KEY))
                .withCarriedColumns(OrdersUnified.DATASET.carriedColumns());
    }

    @ParameterizedTest
    @EnumSource
    void threeColumnsOf268FetchTheirChunksAndTheFooter(Kept kept) {
        Saved saved = SAVED.get(kept);
        List<String> columns = farApart();
        List<ParquetLayout.Chunk> wanted = saved.layout.of(columns);
        assertEquals(columns.size() * saved.layout.rowGroups(), wanted.size());
        FETCHED.reset();
        try (RowStream expected = ORDERS.open(ReadOptions.ALL.withColumns(columns));
                SnapshotReader reader = CODEC.openReader(open(saved));
                RowStream actual = reader.rows(ReadOptions.ALL.withColumns(columns))) {
            TableAssert.assertSameRows(expected, actual);
        }
        long chunks = ParquetLayout.bytes(wanted);
        long rounded = wanted.stream()
                .mapToLong(chunk -> Math.max(chunk.bytes(), LEAST_FETCH))
                .sum();
        System.out.printf(
                "%s: 3 of 268 columns: %d bytes in %d reads; their chunks %d, the footer %d, the file %d%n",
                kept, FETCHED.bytes, FETCHED.reads, chunks, saved.layout.footerBytes(), saved.layout.fileBytes());
        assertTrue(FETCHED.bytes >= chunks, () -> FETCHED.bytes + " bytes for chunks of " + chunks);
        assertTrue(
                FETCHED.bytes <= rounded + footerAtMost(saved),
                () -> FETCHED.bytes + " bytes for chunks of " + rounded + ", rounded up, and " + footerAtMost(saved));
        assertTrue(FETCHED.bytes < saved.layout.fileBytes() / 5, () -> FETCHED.bytes + " of a whole file");
    }

    @ParameterizedTest
    @EnumSource
    void theSchemaFetchesTheFooterAlone(Kept kept) {
        Saved saved = SAVED.get(kept);
        FETCHED.reset();
        try (SnapshotReader reader = CODEC.openReader(open(saved))) {
            assertEquals(OrdersUnified.SCHEMA, reader.schema());
            assertEquals(ROWS, reader.rowCount());
        }
        System.out.printf("%s: the schema: %d bytes in %d reads%n", kept, FETCHED.bytes, FETCHED.reads);
        assertTrue(
                FETCHED.bytes <= footerAtMost(saved),
                () -> FETCHED.bytes + " bytes for a footer of " + saved.layout.footerBytes());
    }

    @ParameterizedTest
    @EnumSource
    void aWholeSnapshotIsFetchedOnce(Kept kept) {
        Saved saved = SAVED.get(kept);
        FETCHED.reset();
        try (RowStream rows = new LoadSnapshot(saved.environment).open(saved.archive, List.of())) {
            assertTrue(rows.next().isPresent());
        }
        assertEquals(saved.layout.fileBytes(), FETCHED.bytes);
    }

    @ParameterizedTest
    @EnumSource
    void oneChangedRowFetchesTheKeysAndItsRowGroup(Kept kept) {
        Saved saved = SAVED.get(kept);
        int changed = ROWS / 2;
        FETCHED.reset();
        DeltaReport report = new DetectChanges(saved.environment)
                .detect(
                        new DetectRequest(
                                dataset(kept), Partition.ALL, Optional.of(DetailRequest.EXAMPLES), Progress.NONE),
                        new OneStyleChanged(changed));
        assertEquals(new DeltaSummary(0, 1, ROWS - 1, 0), report.counts());
        assertEquals(
                "CUSTOMER STYLE",
                report.details().orElseThrow().columns().get(0).column());

        int group = saved.layout.rowGroupOf(changed);
        long rowGroup = ParquetLayout.bytes(saved.layout.chunks().stream()
                .filter(chunk -> chunk.rowGroup() == group)
                .toList());
        long keys = saved.layout.of(List.of(OrdersUnified.KEY)).stream()
                .mapToLong(chunk -> Math.max(chunk.bytes(), LEAST_FETCH))
                .sum();
        System.out.printf(
                "%s: one changed row: %d bytes in %d reads; its row group %d, all keys %d, the file %d%n",
                kept, FETCHED.bytes, FETCHED.reads, rowGroup, keys, saved.layout.fileBytes());
        assertTrue(FETCHED.bytes >= rowGroup, () -> FETCHED.bytes + " bytes, and a row group has " + rowGroup);
        assertTrue(
                FETCHED.bytes <= keys + rowGroup + footerAtMost(saved),
                () -> FETCHED.bytes + " bytes for keys of " + keys + " and a row group of " + rowGroup);
    }

    /** The footer, or where it is shorter the end that was fetched to find it; its seal and rounding at the front. */
    private static long footerAtMost(Saved saved) {
        return Math.max(saved.layout.footerBytes(), TAIL) + LEAST_FETCH;
    }

    /** Three columns that are no neighbours, not even by the gap that the codec rather fetches than asks twice. */
    private static List<String> farApart() {
        List<String> names = OrdersUnified.SCHEMA.names();
        return List.of(names.get(3), names.get(names.size() / 2), names.get(names.size() - 5));
    }

    private static SeekableBytes open(Saved saved) {
        return saved.environment.archive().open(saved.archive.id());
    }

    /** The orders, with another style in one row. */
    private record OneStyleChanged(long ordinal) implements RowSource {
        @Override
        public String description() {
            return ORDERS.description() + ", one changed";
        }

        @Override
        public RowStream open(ReadOptions options) {
            RowStream rows = ORDERS.open(options);
            return new RowStream() {
                private long passed;

                @Override
                public Schema schema() {
                    return rows.schema();
                }

                @Override
                public Optional<RowBatch> next() {
                    Optional<RowBatch> next = rows.next();
                    long start = passed;
                    passed += next.map(RowBatch::rowCount).orElse(0);
                    boolean here = ordinal >= start && ordinal < passed;
                    return here ? next.map(batch -> changed(batch, (int) (ordinal - start))) : next;
                }

                @Override
                public void close() {
                    rows.close();
                }
            };
        }

        private static RowBatch changed(RowBatch batch, int changedRow) {
            int column = batch.schema().indexOf("CUSTOMER STYLE");
            BytesVector before = (BytesVector) batch.vector(column);
            BytesVector after = new BytesVector(batch.rowCount());
            for (int row = 0; row < batch.rowCount(); row++) {
                if (row == changedRow) {
                    after.append("another style");
                } else if (before.isNull(row)) {
                    after.appendNull();
                } else {
                    after.append(before.bytes(row));
                }
            }
            List<ColumnVector> vectors = new ArrayList<>();
            for (int i = 0; i < batch.schema().size(); i++) {
                vectors.add(i == column ? after : batch.vector(i));
            }
            return new RowBatch(batch.schema(), vectors);
        }
    }
}
