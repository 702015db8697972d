package io.hybridsnapshot.postgres.window;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaCursor;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowProbe;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Measures the steps of a save; docs/how-to/postgresql.md has the command. */
@EnabledIfSystemProperty(named = "measure", matches = "true", disabledReason = "a measurement, run by hand")
class WindowMeasurementTest {
    private static final int ROWS = 100_000;
    private static final List<String> CARRIED =
            List.of("AAG ORDER NUMBER", "CUSTOMER NAME", "STYLE", "COLOUR", "PO NUMBER", "ACTIVE");
    private static final Dataset DATASET =
            Dataset.of("MEASURED", List.of("record_uuid")).withCarriedColumns(CARRIED);
    private static final Schema SCHEMA = Schema.of(
            CARRIED.stream().map(name -> new Column(name, ColumnType.TEXT)).toList());

    @Test
    void oneHundredThousandRowsWithSixCarriedColumns() throws Exception {
        try (TestServer server = TestServer.start(Map.of("fsync", "on", "synchronous_commit", "on"))) {
            PostgresSettings settings = server.settings("postgres");
            try (PostgresSession session = PostgresSession.open(settings, "test")) {
                session.dsl()
                        .execute(Files.readString(Path.of("../sql/ddl/tables/window/snapshot_window_postgresql.sql")));
            }
            PostgresWindowStore store = new PostgresWindowStore(PostgresWindowSettings.of(settings));
            store.prepare(DATASET);
            for (int day = 0; day < 5; day++) {
                save(store, day);
            }
            WindowSnapshot current = store.findCurrent(DATASET, Partition.ALL).orElseThrow();
            long start = System.nanoTime();
            try (KeyedRowStream stream = store.openRows(DATASET, current)) {
                long rows = 0;
                for (Optional<KeyedHashes> next = stream.next(); next.isPresent(); next = stream.next()) {
                    rows += next.get().size();
                }
                assertEquals(ROWS, rows);
            }
            long read = System.nanoTime();
            try (WindowProbe probe = store.openProbe(DATASET, Partition.ALL)) {
                probe.add(hashes(5));
                probe.delta().summary();
            }
            long probed = System.nanoTime();
            System.out.printf("openRows %d ms, probe %d ms%n", (read - start) / 1_000_000, (probed - read) / 1_000_000);
        }
    }

    private static void save(PostgresWindowStore store, int day) {
        RowBatch[] batches = batches();
        KeyedHashes all = hashes(day);
        SnapshotId id = SnapshotId.random();
        try (WindowWriter writer =
                store.openWriter(DATASET, Partition.ALL, new WriterRequest("measurement", Duration.ZERO))) {
            writer.begin(new StagingRequest(id, Instant.EPOCH.plusSeconds(day), "hsr1", SCHEMA));
            long start = System.nanoTime();
            int at = 0;
            for (RowBatch batch : batches) {
                KeyedHashes part = new KeyedHashes(batch.rowCount());
                for (int row = 0; row < batch.rowCount(); row++, at++) {
                    part.append(
                            all.identityHigh(at),
                            all.identityLow(at),
                            all.hashWord(at, 0),
                            all.hashWord(at, 1),
                            all.hashWord(at, 2),
                            all.hashWord(at, 3));
                }
                writer.stage(id, batch, part);
            }
            long sent = System.nanoTime();
            SnapshotDelta delta = writer.delta(id);
            long staged = System.nanoTime();
            delta.summary();
            long summed = System.nanoTime();
            int changes = 0;
            try (DeltaCursor cursor = delta.openChanges()) {
                while (cursor.next()) {
                    changes++;
                }
            }
            long walked = System.nanoTime();
            writer.seal(id, ROWS, new Fingerprint("ab".repeat(32)));
            long sealed = System.nanoTime();
            writer.publish(id, Optional.empty(), 2);
            long published = System.nanoTime();
            System.out.printf(
                    "day %d: send %d, end and analyze %d, summary %d, %d changes %d, seal %d, publish %d, all %d ms%n",
                    day,
                    (sent - start) / 1_000_000,
                    (staged - sent) / 1_000_000,
                    (summed - staged) / 1_000_000,
                    changes,
                    (walked - summed) / 1_000_000,
                    (sealed - walked) / 1_000_000,
                    (published - sealed) / 1_000_000,
                    (published - start) / 1_000_000);
        }
    }

    private static KeyedHashes hashes(int day) {
        Random identities = new Random(1);
        Random changes = new Random(100 + day);
        KeyedHashes hashes = new KeyedHashes(ROWS);
        for (int i = 0; i < ROWS; i++) {
            long changed = changes.nextInt(20) == 0 ? day : 0;
            hashes.append(identities.nextLong(), identities.nextLong(), i, changed, 7, -9);
        }
        return hashes;
    }

    private static RowBatch[] batches() {
        Random random = new Random(3);
        RowBatch[] batches = new RowBatch[(ROWS + RowBatch.DEFAULT_ROWS - 1) / RowBatch.DEFAULT_ROWS];
        for (int i = 0; i < batches.length; i++) {
            int rows = Math.min(RowBatch.DEFAULT_ROWS, ROWS - i * RowBatch.DEFAULT_ROWS);
            List<ColumnVector> vectors = RowBatch.vectorsFor(SCHEMA, rows);
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < vectors.size(); column++) {
                    ((BytesVector) vectors.get(column))
                            .append("value " + column + " of " + random.nextInt(column == 0 ? ROWS : 500));
                }
            }
            batches[i] = new RowBatch(SCHEMA, vectors);
        }
        return batches;
    }
}
