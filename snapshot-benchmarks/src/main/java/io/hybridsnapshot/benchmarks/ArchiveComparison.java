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
import io.hybridsnapshot.postgres.connection.PostgresDatabase;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
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
import javax.sql.DataSource;

/**
 * Storing and reading an archive in chunks beside a bare JDBC loop over chunks of 1 MiB, round by round in turns, on an
 * embedded PostgreSQL that writes durably. Each side has one open connection. The bare loop computes no digest and
 * keeps no record. Then three columns of the archive: the bytes that they take, and the time to the first rows
 * ({@code docs/benchmarks.md}). A missed target is told, not an error.
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
            try (Connection ours = connect(stores.settings());
                    Connection bare = connect(stores.settings())) {
                new Measurement(stores, ours, bare, file, measured.schema().names()).run();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        } finally {
            delete(directory);
        }
    }

    private static Connection connect(PostgresSettings settings) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", settings.user());
        properties.setProperty("password", settings.password());
        properties.setProperty("prepareThreshold", "-1");
        return DriverManager.getConnection(
                "jdbc:postgresql://" + settings.host() + ":" + settings.port() + "/" + settings.database(), properties);
    }

    /** A program's data source with one connection, which stays open. */
    private static DataSource lending(Connection connection) {
        Connection lent = proxy(
                Connection.class,
                (method, arguments) -> method.getName().equals("close") ? null : method.invoke(connection, arguments));
        return proxy(DataSource.class, (method, arguments) -> lent);
    }

    private interface Call {
        Object of(Method method, Object[] arguments) throws ReflectiveOperationException;
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                ArchiveComparison.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        return call.of(method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
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

    /** The times of one kind of work, round by round. */
    private static final class Times {
        private final List<Double> wall = new ArrayList<>();
        private final List<Double> client = new ArrayList<>();
        private final List<Double> server = new ArrayList<>();

        double seconds() {
            return new Series(wall).median();
        }

        String cpu() {
            return String.format(
                    Locale.ROOT,
                    "%.2f s and the server's %.2f s",
                    new Series(client).median(),
                    new Series(server).median());
        }
    }

    /** All rounds with one file. */
    private final class Measurement {
        private final MeasuredStores stores;
        private final Connection bare;
        private final WrittenFile file;
        private final List<String> columns;
        private final Fetched fetched = new Fetched();
        private final PostgresArchiveStore store;
        private final byte[] piece = new byte[CHUNK_BYTES];
        private final Times stored = new Times();
        private final Times bareStored = new Times();
        private final Times read = new Times();
        private final Times bareRead = new Times();
        private final Times firstRows = new Times();
        private final List<ArchiveId> archives = new ArrayList<>();

        Measurement(MeasuredStores stores, Connection ours, Connection bare, WrittenFile file, List<String> columns) {
            this.stores = stores;
            this.bare = bare;
            this.file = file;
            this.columns = List.of(columns.get(1), columns.get(columns.size() / 2), columns.get(THIRD_COLUMN));
            this.store = new PostgresArchiveStore(
                    new PostgresArchiveSettings(PostgresDatabase.of(lending(ours)), 0, CHUNK_BYTES), fetched);
        }

        void run() throws SQLException {
            execute("create table bare_chunk (file int, chunk int, data bytea, primary key (file, chunk))");
            execute("alter table bare_chunk alter data set storage external");
            long threeColumns = 0;
            for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
                int number = round;
                Work ours = () -> archives.add(store(number));
                Work loop = () -> insert(number);
                // Whichever goes first may leave work for the disk to the other.
                if (round % 2 == 0) {
                    measure(round, ours, stored);
                    measure(round, loop, bareStored);
                } else {
                    measure(round, loop, bareStored);
                    measure(round, ours, stored);
                }
                ArchiveId id = archives.get(round);
                measure(round, () -> read(id), read);
                measure(round, () -> select(number), bareRead);
                measure(round, () -> threeColumns(id, 1), firstRows);
                fetched.bytes = 0;
                threeColumns(id, Long.MAX_VALUE);
                threeColumns = fetched.bytes;
            }
            print(threeColumns);
        }

        private void print(long threeColumns) {
            out.printf(
                    Locale.ROOT,
                    "%,d dense rows x 268 columns, %s in chunks of 1 MiB; medians of %d rounds after %d to warm"
                            + " up%n%s%n",
                    rows,
                    ComparisonTable.megabytes(file.size()),
                    rounds,
                    WARM_UP_ROUNDS,
                    stores.description());
            rate("store", stored, bareStored);
            rate("read", read, bareRead);
            double share = (double) threeColumns / file.size();
            out.printf(
                    Locale.ROOT,
                    "3 of 268 columns: %,d bytes, %.1f %% of the file, target at most 5 %%, met: %s%n",
                    threeColumns,
                    100 * share,
                    answer(share <= SHARE_OF_BYTES));
            double seconds = firstRows.seconds();
            out.printf(
                    Locale.ROOT,
                    "first rows of 3 columns: %.0f ms, target at most 50 ms, met: %s%n",
                    1_000 * seconds,
                    answer(seconds <= FIRST_ROWS_SECONDS));
        }

        /** Rounds to warm up are not kept. The server has written its earlier pages before the work begins. */
        private void measure(int round, Work work, Times times) throws SQLException {
            execute("checkpoint");
            double server = stores.serverCpuSeconds().orElse(0);
            Timing timing = Timing.of(() -> {
                try {
                    work.run();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            if (round >= WARM_UP_ROUNDS) {
                times.wall.add(timing.wallSeconds());
                times.client.add(timing.cpuSeconds());
                times.server.add(stores.serverCpuSeconds().orElse(0) - server);
            }
        }

        /** The rates are compared within each round, as the two sides ran next to each other. */
        private void rate(String name, Times ours, Times loop) {
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < ours.wall.size(); i++) {
                ratios.add(loop.wall.get(i) / ours.wall.get(i));
            }
            Series ratio = new Series(ratios);
            out.printf(
                    Locale.ROOT,
                    "%s: %.0f MB/s, bare JDBC %.0f MB/s, %.2f (%.2f to %.2f) times as fast, target at least"
                            + " 0.9, met: %s%n    CPU time %s; bare JDBC %s%n",
                    name,
                    file.size() / 1e6 / ours.seconds(),
                    file.size() / 1e6 / loop.seconds(),
                    ratio.median(),
                    ratio.least(),
                    ratio.most(),
                    answer(ratio.median() >= RATE_RATIO),
                    ours.cpu(),
                    loop.cpu());
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

        private void insert(int round) throws SQLException {
            bare.setAutoCommit(false);
            try (InputStream in = Files.newInputStream(file.file());
                    PreparedStatement insert = bare.prepareStatement("insert into bare_chunk values (?, ?, ?)")) {
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
            bare.commit();
            bare.setAutoCommit(true);
        }

        private void select(int round) throws SQLException {
            try (PreparedStatement select =
                    bare.prepareStatement("select data from bare_chunk where file = ? and chunk = ?")) {
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

        private void execute(String sql) throws SQLException {
            try (Statement statement = bare.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws SQLException;
    }
}
