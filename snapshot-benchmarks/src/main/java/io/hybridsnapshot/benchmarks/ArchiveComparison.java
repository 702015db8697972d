package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.postgres.archive.FetchListener;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSettings;
import io.hybridsnapshot.postgres.archive.PostgresArchiveStore;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * Storing and reading an archive in chunks beside a bare JDBC loop over chunks of 1 MiB, round by round in turns, on an
 * embedded PostgreSQL that writes durably. Then three columns of the archive: the bytes that they take, and the time to
 * the first rows ({@code docs/benchmarks.md}). A missed target is told, not an error.
 */
public final class ArchiveComparison {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int WARM_UP_ROUNDS = 2;
    private static final double RATE_RATIO = 0.9;
    private static final double SHARE_OF_BYTES = 0.05;
    private static final double FIRST_ROWS_SECONDS = 0.05;
    private static final int THIRD_COLUMN = 200;

    private final long rows;
    private final int rounds;
    private final PrintStream out;

    ArchiveComparison(long rows, int rounds, PrintStream out) {
        if (rows < 1 || rounds < 1) {
            throw SnapshotException.invalidRequest("nothing to measure")
                    .actual(rows + " rows, " + rounds + " rounds")
                    .expected("at least 1 of each")
                    .build();
        }
        this.rows = rows;
        this.rounds = rounds;
        this.out = out;
    }

    /**
     * Measures dense orders.
     *
     * @param arguments {@code [rows [rounds]]}; 100,000 rows and 5 rounds where they are left out
     */
    public static void main(String[] arguments) throws IOException {
        long rows = arguments.length > 0 ? Long.parseLong(arguments[0]) : 100_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        new ArchiveComparison(rows, rounds, new PrintStream(System.out, true, StandardCharsets.UTF_8)).run();
    }

    /** Measures and prints the figures. */
    void run() throws IOException {
        Path directory = Files.createTempDirectory("snapshot-benchmark-");
        try (MeasuredStores stores = MeasuredStores.open(directory)) {
            MeasuredRows measured = MeasuredRows.readAll(TableShape.DENSE.rows(rows, 0), ReadOptions.ALL);
            WrittenFile file = FileComparison.write(measured, directory.resolve("rows.parquet"));
            new Measurement(stores.settings(), file, measured.schema().names()).run(stores.description());
        } finally {
            delete(directory);
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> entries;
        try (Stream<Path> walk = Files.walk(directory)) {
            entries = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path entry : entries) {
            Files.deleteIfExists(entry);
        }
    }

    /** Counts the bytes that come over the connection. */
    private static final class Fetched implements FetchListener {
        private long bytes;

        @Override
        public void fetched(ArchiveId archive, long count) {
            bytes += count;
        }
    }

    /** All rounds with one file. */
    private final class Measurement {
        private final PostgresSettings settings;
        private final WrittenFile file;
        private final List<String> columns;
        private final Fetched fetched = new Fetched();
        private final PostgresArchiveStore store;
        private final byte[] piece = new byte[CHUNK_BYTES];

        Measurement(PostgresSettings settings, WrittenFile file, List<String> columns) {
            this.settings = settings;
            this.file = file;
            this.columns = List.of(columns.get(1), columns.get(columns.size() / 2), columns.get(THIRD_COLUMN));
            this.store = new PostgresArchiveStore(new PostgresArchiveSettings(settings, 0, CHUNK_BYTES), fetched);
        }

        void run(String server) {
            bare(connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(
                            "create table bare_chunk (file int, chunk int, data bytea, primary key (file, chunk))");
                    statement.execute("alter table bare_chunk alter data set storage external");
                }
            });
            List<Double> store = new ArrayList<>();
            List<Double> bareStore = new ArrayList<>();
            List<Double> read = new ArrayList<>();
            List<Double> bareRead = new ArrayList<>();
            List<Double> first = new ArrayList<>();
            long threeColumns = 0;
            for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
                int number = round;
                ArchiveId[] id = new ArchiveId[1];
                double stored = Timing.of(() -> id[0] = store(number)).wallSeconds();
                double bareStored = Timing.of(() -> bare(connection -> insert(connection, number)))
                        .wallSeconds();
                double readBack = Timing.of(() -> read(id[0])).wallSeconds();
                double bareReadBack = Timing.of(() -> bare(connection -> select(connection, number)))
                        .wallSeconds();
                double firstRows = Timing.of(() -> threeColumns(id[0], 1)).wallSeconds();
                fetched.bytes = 0;
                threeColumns(id[0], Long.MAX_VALUE);
                threeColumns = fetched.bytes;
                if (round >= WARM_UP_ROUNDS) {
                    store.add(stored);
                    bareStore.add(bareStored);
                    read.add(readBack);
                    bareRead.add(bareReadBack);
                    first.add(firstRows);
                }
            }
            out.printf(
                    Locale.ROOT,
                    "%,d dense rows x 268 columns, %s in chunks of 1 MiB; medians of %d rounds after %d to warm"
                            + " up%n%s%n",
                    rows,
                    ComparisonTable.megabytes(file.size()),
                    rounds,
                    WARM_UP_ROUNDS,
                    server);
            rate("store", store, bareStore);
            rate("read", read, bareRead);
            double share = (double) threeColumns / file.size();
            out.printf(
                    Locale.ROOT,
                    "3 of 268 columns: %,d bytes, %.1f %% of the file, target at most 5 %%, met: %s%n",
                    threeColumns,
                    100 * share,
                    answer(share <= SHARE_OF_BYTES));
            double seconds = new Series(first).median();
            out.printf(
                    Locale.ROOT,
                    "first rows of 3 columns, connecting included: %.0f ms, target at most 50 ms, met: %s%n",
                    1_000 * seconds,
                    answer(seconds <= FIRST_ROWS_SECONDS));
        }

        /** The rates are compared within each round, as the two sides ran next to each other. */
        private void rate(String name, List<Double> ours, List<Double> bare) {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < ours.size(); i++) {
                ratios.add(bare.get(i) / ours.get(i));
            }
            Series ratio = new Series(ratios);
            out.printf(
                    Locale.ROOT,
                    "%s: %.0f MB/s, bare JDBC %.0f MB/s, %.2f (%.2f to %.2f) times as fast, target at least"
                            + " 0.9, met: %s%n",
                    name,
                    file.size() / 1e6 / new Series(ours).median(),
                    file.size() / 1e6 / new Series(bare).median(),
                    ratio.median(),
                    ratio.least(),
                    ratio.most(),
                    answer(ratio.median() >= RATE_RATIO));
        }

        private static String answer(boolean met) {
            return met ? "yes" : "NO";
        }

        private ArchiveId store(int round) {
            Instant date = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(round);
            return store.store(
                            ArchiveSubmission.builder(SnapshotId.random(), "ORDERS_UNIFIED", Partition.ALL, date, file)
                                    .sourceDatabase("ORDERS")
                                    .columnCount(columns.size())
                                    .schemaHash("0".repeat(64))
                                    .hashSpecId("hsr1")
                                    .fingerprint(new Fingerprint(file.sha256()))
                                    .build())
                    .id();
        }

        private void read(ArchiveId id) {
            try (SeekableBytes bytes = store.open(id)) {
                for (long at = 0; at < bytes.length(); at += CHUNK_BYTES) {
                    bytes.read(at, piece, 0, (int) Math.min(CHUNK_BYTES, bytes.length() - at));
                }
            }
        }

        /** Reads batches of three columns until so many rows were read. */
        private void threeColumns(ArchiveId id, long wanted) {
            try (SnapshotReader reader = new ParquetSnapshotCodec().openReader(store.open(id));
                    RowStream stream = reader.rows(ReadOptions.ALL.withColumns(columns))) {
                long count = 0;
                while (count < Math.min(wanted, rows)) {
                    count += stream.next().orElseThrow().rowCount();
                }
            }
        }

        private void insert(Connection connection, int round) throws SQLException {
            connection.setAutoCommit(false);
            try (InputStream in = Files.newInputStream(file.file());
                    PreparedStatement insert = connection.prepareStatement("insert into bare_chunk values (?, ?, ?)")) {
                int chunk = 0;
                for (byte[] bytes = in.readNBytes(CHUNK_BYTES); bytes.length > 0; bytes = in.readNBytes(CHUNK_BYTES)) {
                    insert.setInt(1, round);
                    insert.setInt(2, chunk++);
                    insert.setBytes(3, bytes);
                    insert.executeUpdate();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            connection.commit();
        }

        private void select(Connection connection, int round) throws SQLException {
            try (PreparedStatement select =
                    connection.prepareStatement("select data from bare_chunk where file = ? and chunk = ?")) {
                for (int chunk = 0; (long) chunk * CHUNK_BYTES < file.size(); chunk++) {
                    select.setInt(1, round);
                    select.setInt(2, chunk);
                    try (ResultSet rows = select.executeQuery()) {
                        rows.next();
                        rows.getBytes(1);
                    }
                }
            }
        }

        private void bare(SqlLoop loop) {
            Properties properties = new Properties();
            properties.setProperty("user", settings.user());
            properties.setProperty("password", settings.password());
            properties.setProperty("prepareThreshold", "-1");
            String url = "jdbc:postgresql://" + settings.host() + ":" + settings.port() + "/" + settings.database();
            try (Connection connection = DriverManager.getConnection(url, properties)) {
                loop.run(connection);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @FunctionalInterface
    private interface SqlLoop {
        void run(Connection connection) throws SQLException;
    }
}
