package io.hybridsnapshot.postgres.window;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaCursor;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.BaseSnapshot;
import io.hybridsnapshot.domain.window.ChangedRows;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowChanges;
import io.hybridsnapshot.domain.window.WindowProbe;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestServer;
import io.hybridsnapshot.testkit.data.NumberedRows;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Measures the steps of a save; docs/how-to/postgresql.md has the command. The server writes no full-page images, so
 * that the bytes of its log are those of the save.
 */
@EnabledIfSystemProperty(named = "measure", matches = "true", disabledReason = "a measurement, run by hand")
class WindowMeasurementTest {
    private static final int ROWS = 100_000;
    private static final List<String> CARRIED =
            List.of("AAG ORDER NUMBER", "CUSTOMER NAME", "STYLE", "COLOUR", "PO NUMBER", "ACTIVE");
    private static final Dataset DATASET =
            Dataset.of("MEASURED", List.of("record_uuid")).withCarriedColumns(CARRIED);
    private static final Schema SCHEMA = Schema.of(
            CARRIED.stream().map(name -> new Column(name, ColumnType.TEXT)).toList());

    private static final BitSet NONE = new BitSet();

    /** The rows of the last day. */
    private static KeyedHashes last = hashes(4);

    @Test
    void oneHundredThousandRowsWithSixCarriedColumns() throws Exception {
        try (TestServer server =
                TestServer.start(Map.of("fsync", "on", "synchronous_commit", "on", "full_page_writes", "off"))) {
            PostgresSettings settings = server.settings("postgres");
            try (PostgresSession session = PostgresSession.open(settings, "test")) {
                session.dsl()
                        .execute(Files.readString(Path.of("../sql/ddl/tables/window/snapshot_window_postgresql.sql")));
            }
            PostgresWindowStore store = new PostgresWindowStore(PostgresWindowSettings.of(settings));
            store.prepare(DATASET);
            Server counted = Server.of(settings);
            for (int day = 2; day < 5; day++) {
                long cpu = counted.cpuMillis();
                long wal = counted.wal();
                save(store, day);
                System.out.printf(
                        "day %d: server CPU %d ms, WAL %,d bytes%n",
                        day, counted.cpuMillis() - cpu, counted.wal() - wal);
            }
            // The work of autovacuum is not that of a save.
            try (PostgresSession session = PostgresSession.open(settings, "test")) {
                session.dsl().execute("alter system set autovacuum = off");
                session.dsl().fetch("select pg_reload_conf()");
                session.dsl().execute("vacuum full analyze measured_snapshot, measured_snapshot_version");
            }
            int day = 5;
            for (double share : List.of(0.0, 0.01, 0.01, 0.03, 0.1, 0.2, 0.0, 0.0)) {
                saveChanges(store, counted, day++, share);
            }
            for (int i = 0; i < 3; i++) {
                detect(store, counted);
            }
        }
    }

    /** Saves of 20,000 rows with 1 % changed, in one partition and in several at once. */
    @Test
    void partitionsSavedAtOnce() throws Exception {
        int rowCount = 20_000;
        int saves = 8;
        try (TestServer server =
                TestServer.start(Map.of("fsync", "on", "synchronous_commit", "on", "full_page_writes", "off"))) {
            PostgresSettings settings = server.settings("postgres");
            PostgresWindowSchema.create(PostgresWindowSettings.of(settings));
            PostgresWindowStore store = new PostgresWindowStore(PostgresWindowSettings.of(settings));
            Dataset dataset = Dataset.of("AT_ONCE", List.of("record_uuid"))
                    .withCarriedColumns(List.of("AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE"));
            store.prepare(dataset);
            Server counted = Server.of(settings);
            for (int partitions : List.of(1, 2, 4, 1, 2, 4)) {
                List<Callable<Long>> work = new ArrayList<>();
                for (int i = 0; i < partitions; i++) {
                    Partition partition = new Partition("P" + i);
                    NumberedRows first = NumberedRows.of(i, rowCount);
                    save(store, dataset, partition, first, Optional.empty());
                    work.add(() -> saveOften(store, dataset, partition, first, saves));
                }
                ExecutorService threads = Executors.newFixedThreadPool(partitions);
                long cpu = counted.cpuMillis();
                long start = System.nanoTime();
                long slowest = 0;
                for (Future<Long> done : threads.invokeAll(work)) {
                    slowest = Math.max(slowest, done.get());
                }
                double seconds = (System.nanoTime() - start) / 1e9;
                threads.shutdown();
                System.out.printf(
                        "%d partitions at once: %d saves in %.1f s, %.1f saves/s, slowest publish %d ms,"
                                + " server CPU %d ms a save, %s deadlocks%n",
                        partitions,
                        partitions * saves,
                        seconds,
                        partitions * saves / seconds,
                        slowest / 1_000_000,
                        (counted.cpuMillis() - cpu) / ((long) partitions * saves),
                        Server.ask(settings, "select sum(deadlocks)::text from pg_stat_database"));
            }
        }
    }

    /** Returns the nanoseconds of the slowest publish. */
    private static long saveOften(
            PostgresWindowStore store, Dataset dataset, Partition partition, NumberedRows first, int saves) {
        NumberedRows before = first;
        long slowest = 0;
        for (int i = 1; i <= saves; i++) {
            Map<Integer, Integer> changes = new HashMap<>(before.changed());
            for (int row = i; row < first.count(); row += 100) {
                changes.put(row, i);
            }
            NumberedRows next = new NumberedRows(first.seed(), first.count(), changes, first.name());
            slowest = Math.max(slowest, save(store, dataset, partition, next, Optional.of(before)));
            before = next;
        }
        return slowest;
    }

    private static long save(
            PostgresWindowStore store,
            Dataset dataset,
            Partition partition,
            NumberedRows rows,
            Optional<NumberedRows> before) {
        SnapshotId id = SnapshotId.random();
        try (WindowWriter writer =
                store.openWriter(dataset, partition, new WriterRequest("measurement", Duration.ZERO))) {
            before.ifPresentOrElse(base -> rows.sealChanges(writer, id, 1, base), () -> rows.seal(writer, id, 1));
            long start = System.nanoTime();
            writer.publish(id, Optional.empty(), 2);
            return System.nanoTime() - start;
        }
    }

    /** The two ways of a detection: reading the window's hashes, and sending hashes for a join in the database. */
    private static void detect(PostgresWindowStore store, Server counted) throws Exception {
        WindowSnapshot current = store.findCurrent(DATASET, Partition.ALL).orElseThrow();
        long cpu = counted.cpuMillis();
        long start = System.nanoTime();
        try (KeyedRowStream stream = store.openRows(DATASET, current)) {
            long rows = 0;
            for (Optional<KeyedHashes> next = stream.next(); next.isPresent(); next = stream.next()) {
                rows += next.get().size();
            }
            assertEquals(ROWS, rows);
        }
        long read = System.nanoTime();
        long readCpu = counted.cpuMillis();
        long begun = System.nanoTime();
        try (WindowProbe probe = store.openProbe(DATASET, Partition.ALL)) {
            probe.add(hashes(5));
            SnapshotDelta delta = probe.delta();
            delta.summary();
            try (DeltaCursor changes = delta.openChanges()) {
                while (changes.next()) {
                    // All of them, as for the details of a report.
                }
            }
        }
        System.out.printf(
                "detect: stream %d ms, server CPU %d ms; database %d ms, server CPU %d ms%n",
                (read - start) / 1_000_000,
                readCpu - cpu,
                (System.nanoTime() - begun) / 1_000_000,
                counted.cpuMillis() - readCpu);
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

    /** Saves as the changes between the last rows and rows of which a share has another hash. */
    private static void saveChanges(PostgresWindowStore store, Server server, int day, double share) throws Exception {
        KeyedHashes former = last;
        Random random = new Random(day);
        KeyedHashes all = new KeyedHashes(ROWS);
        BitSet chosen = new BitSet();
        for (int i = 0; i < ROWS; i++) {
            boolean changed = random.nextDouble() < share;
            chosen.set(i, changed);
            all.append(
                    former.identityHigh(i),
                    former.identityLow(i),
                    former.hashWord(i, 0),
                    changed ? day : former.hashWord(i, 1),
                    former.hashWord(i, 2),
                    former.hashWord(i, 3));
        }
        RowBatch[] batches = batches();
        SnapshotId id = SnapshotId.random();
        long wal = server.wal();
        long cpu = server.cpuMillis();
        long start = System.nanoTime();
        try (WindowWriter writer =
                store.openWriter(DATASET, Partition.ALL, new WriterRequest("measurement", Duration.ZERO))) {
            WindowChanges changes = writer.changes().orElseThrow();
            BaseSnapshot base = changes.base().orElseThrow();
            WindowSnapshot current = writer.current().orElseThrow();
            try (KeyedRowStream stream = store.openRows(DATASET, current)) {
                while (stream.next().isPresent()) {
                    // The engine merges these rows with its own.
                }
            }
            long streamed = System.nanoTime();
            writer.begin(new StagingRequest(id, Instant.EPOCH.plusSeconds(day), "hsr1", SCHEMA));
            int at = 0;
            for (RowBatch batch : batches) {
                int[] rows = chosen.get(at, at + batch.rowCount()).stream().toArray();
                if (rows.length > 0) {
                    changes.stage(
                            id, new ChangedRows(some(batch, rows), some(all, at, rows), some(former, at, rows), NONE));
                }
                at += batch.rowCount();
            }
            int count = chosen.cardinality();
            changes.seal(id, base, new DeltaSummary(0, count, ROWS - count, 0), new Fingerprint("ab".repeat(32)));
            long sealed = System.nanoTime();
            changes.publish(id, Optional.empty(), 2).orElseThrow();
            long published = System.nanoTime();
            System.out.printf(
                    "day %d: %d changed, base and stream %d, stage and seal %d, publish %d ms, server CPU %d ms,"
                            + " WAL %,d bytes%n",
                    day,
                    count,
                    (streamed - start) / 1_000_000,
                    (sealed - streamed) / 1_000_000,
                    (published - sealed) / 1_000_000,
                    server.cpuMillis() - cpu,
                    server.wal() - wal);
        }
        last = all;
    }

    private static RowBatch some(RowBatch batch, int[] rows) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(SCHEMA, rows.length);
        for (int column = 0; column < vectors.size(); column++) {
            for (int row : rows) {
                ((BytesVector) vectors.get(column)).append(((BytesVector) batch.vector(column)).text(row));
            }
        }
        return new RowBatch(SCHEMA, vectors);
    }

    private static KeyedHashes some(KeyedHashes all, int from, int[] rows) {
        KeyedHashes some = new KeyedHashes(rows.length);
        for (int row : rows) {
            int at = from + row;
            some.append(
                    all.identityHigh(at),
                    all.identityLow(at),
                    all.hashWord(at, 0),
                    all.hashWord(at, 1),
                    all.hashWord(at, 2),
                    all.hashWord(at, 3));
        }
        return some;
    }

    /** Counts of the server: its log, and the CPU time of its processes on Linux. */
    private record Server(PostgresSettings settings, long postmaster) {
        static Server of(PostgresSettings settings) throws IOException {
            String directory = ask(settings, "show data_directory");
            return new Server(
                    settings,
                    Long.parseLong(Files.readAllLines(Path.of(directory, "postmaster.pid"))
                            .get(0)
                            .strip()));
        }

        private static String ask(PostgresSettings settings, String sql) {
            try (PostgresSession session = PostgresSession.open(settings, "test")) {
                return session.dsl().fetchSingle(sql).get(0, String.class);
            }
        }

        long wal() {
            return Long.parseLong(ask(settings, "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"));
        }

        /** The server's processes, those that have ended included; a tick is 10 ms. */
        long cpuMillis() throws IOException {
            long ticks = 0;
            try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
                for (Path process : processes) {
                    String[] stat = stat(process);
                    if (stat.length > 15 && process.endsWith(String.valueOf(postmaster))) {
                        ticks += Long.parseLong(stat[11])
                                + Long.parseLong(stat[12])
                                + Long.parseLong(stat[13])
                                + Long.parseLong(stat[14]);
                    } else if (stat.length > 15 && stat[1].equals(String.valueOf(postmaster))) {
                        ticks += Long.parseLong(stat[11]) + Long.parseLong(stat[12]);
                    }
                }
            }
            return ticks * 10;
        }

        /** The fields after the name of the process. */
        private static String[] stat(Path process) {
            try {
                String text = Files.readString(process.resolve("stat"));
                return text.substring(text.lastIndexOf(')') + 2).split(" ");
            } catch (IOException ended) {
                return new String[0];
            }
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
