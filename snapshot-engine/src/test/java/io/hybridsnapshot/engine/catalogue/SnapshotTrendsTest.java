package io.hybridsnapshot.engine.catalogue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.RecoverSnapshots;
import io.hybridsnapshot.engine.recovery.Recovery;
import io.hybridsnapshot.testkit.data.HashedRows;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trends equal sums made by hand, over existing and removed archives. */
class SnapshotTrendsTest {
    @TempDir
    Path directory;

    private final InMemoryArchiveStore archive = new InMemoryArchiveStore();
    private SnapshotEnvironment environment;
    private SnapshotTrends trends;

    @BeforeEach
    void open() {
        environment = SnapshotEnvironment.of(
                new InMemoryWindowStore(), archive, new InMemorySnapshotCodec(), directory.resolve("work"));
        trends = new SnapshotTrends(environment);
    }

    private ArchivedSnapshot store(
            String partition, Instant date, long rows, int bytes, long uncompressed, Optional<DeltaSummary> changes)
            throws IOException {
        SnapshotId id = new SnapshotId(UUID.randomUUID());
        return store(id, partition, date, rows, bytes, uncompressed, changes);
    }

    private ArchivedSnapshot store(
            SnapshotId id,
            String partition,
            Instant date,
            long rows,
            int bytes,
            long uncompressed,
            Optional<DeltaSummary> changes)
            throws IOException {
        byte[] content = new byte[bytes];
        Path file = Files.write(directory.resolve(UUID.randomUUID().toString()), content);
        return archive.store(ArchiveSubmission.builder(
                        id,
                        "trend",
                        new Partition(partition),
                        date,
                        new WrittenFile(
                                file, rows, bytes, uncompressed, digest("MD5", content), digest("SHA-256", content)))
                .sourceDatabase("TEST")
                .columnCount(3)
                .schemaHash("schema")
                .hashSpecId("hsr1")
                .fingerprint(new Fingerprint("0".repeat(64)))
                .changes(changes)
                .build());
    }

    private static String digest(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<DeltaSummary> changes(long added, long changed, long unchanged, long deleted) {
        return Optional.of(new DeltaSummary(added, changed, unchanged, deleted));
    }

    @Test
    void aPeriodSumsItsArchivesAndTakesTheRowsOfTheNewest() throws IOException {
        store("ALL", Instant.parse("2026-09-28T00:00:00Z"), 10, 100, 400, Optional.empty());
        ArchivedSnapshot removed =
                store("ALL", Instant.parse("2026-09-28T12:00:00Z"), 12, 200, 400, changes(3, 1, 8, 1));
        store("ALL", Instant.parse("2026-09-28T23:59:59.999999Z"), 11, 300, 0, changes(0, 2, 9, 1));
        store("ALL", Instant.parse("2026-09-29T00:00:00Z"), 7, 10, 0, changes(0, 0, 7, 4));
        archive.remove(List.of(removed.id()), "retention");
        assertEquals(
                List.of(
                        new TrendPeriod(
                                Partition.ALL,
                                LocalDate.of(2026, 9, 28),
                                LocalDate.of(2026, 9, 29),
                                3,
                                1,
                                OptionalLong.of(11),
                                600,
                                200,
                                Optional.of(300.0 / 800),
                                new DeltaSummary(3, 3, 17, 2),
                                1),
                        new TrendPeriod(
                                Partition.ALL,
                                LocalDate.of(2026, 9, 29),
                                LocalDate.of(2026, 9, 30),
                                1,
                                0,
                                OptionalLong.of(7),
                                10,
                                0,
                                Optional.empty(),
                                new DeltaSummary(0, 0, 7, 4),
                                0)),
                trends.periods(ArchiveQuery.of("trend"), TrendStep.DAY));
        assertEquals(List.of(), trends.periods(ArchiveQuery.of("another"), TrendStep.DAY));
    }

    @Test
    void anArchiveWhoseSnapshotWasNeverPublishedIsNoPartOfTheTrend() throws IOException {
        Dataset dataset = Dataset.of("trend", List.of("K"));
        Instant day = Instant.parse("2026-09-28T00:00:00Z");
        SnapshotId cutOff = new SnapshotId(UUID.randomUUID());
        SnapshotId newer = new SnapshotId(UUID.randomUUID());
        environment.window().prepare(dataset);
        try (WindowWriter writer =
                environment.window().openWriter(dataset, Partition.ALL, new WriterRequest("test", Duration.ZERO))) {
            seal(writer, cutOff, day);
            store(cutOff, "ALL", day, 12, 200, 400, changes(3, 1, 8, 1));
            seal(writer, newer, day.plusSeconds(60));
            writer.publish(newer, Optional.empty(), 2);
        }
        store(newer, "ALL", day.plusSeconds(60), 11, 300, 400, changes(2, 2, 7, 1));
        archive.publish(archive.find(newer).orElseThrow().id());

        List<Recovery> recovered =
                new RecoverSnapshots(environment).recover(dataset, List.of(Partition.ALL), Duration.ZERO);

        assertEquals(
                List.of(Recovery.Outcome.UNDONE),
                recovered.stream().map(Recovery::outcome).toList());
        assertEquals(1, archive.tombstones(ArchiveQuery.ALL).size());
        List<TrendPeriod> periods = trends.periods(ArchiveQuery.of("trend"), TrendStep.DAY);
        assertEquals(1, periods.size());
        assertEquals(1, periods.get(0).archives());
        assertEquals(0, periods.get(0).removed());
        assertEquals(300, periods.get(0).bytes());
        assertEquals(new DeltaSummary(2, 2, 7, 1), periods.get(0).changes());
    }

    private static void seal(WindowWriter writer, SnapshotId id, Instant date) {
        Schema schema = Schema.of(List.of(new Column("K", ColumnType.TEXT)));
        writer.begin(new StagingRequest(id, date, "hsr1", schema));
        writer.seal(id, 0, HashedRows.none().fingerprint());
    }

    @ParameterizedTest
    @EnumSource(TrendStep.class)
    void randomHistoriesSumUpAsByHand(TrendStep step) throws IOException {
        Random random = new Random(step.ordinal() + 7);
        Instant from = Instant.parse("2024-02-27T00:00:00Z");
        List<ArchivedSnapshot> all = new ArrayList<>();
        List<ArchiveId> removed = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Instant date =
                    from.plus(random.nextInt(400 * 24 * 60), ChronoUnit.MINUTES).plus(i, ChronoUnit.MICROS);
            Optional<DeltaSummary> changes = random.nextInt(3) == 0
                    ? Optional.empty()
                    : changes(random.nextInt(50), random.nextInt(50), random.nextInt(50), random.nextInt(50));
            ArchivedSnapshot stored = store(
                    random.nextBoolean() ? "ALL" : "=1+1",
                    date,
                    random.nextInt(1_000),
                    1 + random.nextInt(100),
                    random.nextInt(4) == 0 ? 0 : 100 + random.nextInt(500),
                    changes);
            all.add(stored);
            if (random.nextInt(3) == 0) {
                removed.add(stored.id());
            }
        }
        archive.remove(removed, "retention");
        assertTrue(removed.size() > 50);

        // Periods as texts and sums in BigInteger, one archive after the other.
        Map<String, List<ArchivedSnapshot>> byHand = new TreeMap<>();
        for (ArchivedSnapshot each : all) {
            byHand.computeIfAbsent(each.partition() + " " + name(each.date(), step), key -> new ArrayList<>())
                    .add(each);
        }
        List<TrendPeriod> periods = trends.periods(ArchiveQuery.of("trend"), step);
        assertEquals(byHand.size(), periods.size());
        String last = "";
        for (TrendPeriod period : periods) {
            Instant start = period.from().atStartOfDay(ZoneOffset.UTC).toInstant();
            String key = period.partition() + " " + name(start, step);
            assertTrue(key.compareTo(last) > 0, last + " before " + key);
            last = key;
            List<ArchivedSnapshot> members = byHand.get(key);
            assertEquals(members.size(), period.archives(), key);
            BigInteger bytes = BigInteger.ZERO;
            BigInteger gone = BigInteger.ZERO;
            long packed = 0;
            long unpacked = 0;
            int unknown = 0;
            int removals = 0;
            long[] sums = new long[4];
            ArchivedSnapshot newest = members.get(0);
            for (ArchivedSnapshot member : members) {
                bytes = bytes.add(BigInteger.valueOf(member.size()));
                if (removed.contains(member.id())) {
                    gone = gone.add(BigInteger.valueOf(member.size()));
                    removals++;
                }
                if (member.uncompressedSize().getAsLong() > 0) {
                    packed += member.size();
                    unpacked += member.uncompressedSize().getAsLong();
                }
                if (member.changes().isEmpty()) {
                    unknown++;
                } else {
                    sums[0] += member.changes().get().added();
                    sums[1] += member.changes().get().changed();
                    sums[2] += member.changes().get().unchanged();
                    sums[3] += member.changes().get().deleted();
                }
                newest = member.date().isAfter(newest.date()) ? member : newest;
                assertEquals(false, member.date().isBefore(start), key);
                assertTrue(
                        member.date()
                                .isBefore(period.until()
                                        .atStartOfDay(ZoneOffset.UTC)
                                        .toInstant()),
                        key);
            }
            assertEquals(bytes.longValueExact(), period.bytes(), key);
            assertEquals(gone.longValueExact(), period.removedBytes(), key);
            assertEquals(removals, period.removed(), key);
            assertEquals(unknown, period.unknownChanges(), key);
            assertEquals(new DeltaSummary(sums[0], sums[1], sums[2], sums[3]), period.changes(), key);
            assertEquals(newest.rowCount(), period.rows(), key);
            assertEquals(
                    unpacked == 0 ? Optional.empty() : Optional.of((double) packed / unpacked),
                    period.compressionRatio(),
                    key);
        }
    }

    private static String name(Instant date, TrendStep step) {
        LocalDate day = date.atOffset(ZoneOffset.UTC).toLocalDate();
        return switch (step) {
            case DAY -> day.toString();
            case WEEK ->
                String.format(
                        "%04d-%02d", day.get(IsoFields.WEEK_BASED_YEAR), day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case MONTH -> day.toString().substring(0, 7);
        };
    }

    @Test
    void aQueryNarrowsThemAll() throws IOException {
        store("ALL", Instant.parse("2026-09-01T00:00:00Z"), 1, 1, 1, Optional.empty());
        ArchivedSnapshot old = store("GREYSON", Instant.parse("2026-09-02T00:00:00Z"), 1, 1, 1, Optional.empty());
        store("GREYSON", Instant.parse("2026-09-03T00:00:00Z"), 1, 1, 1, Optional.empty());
        archive.remove(List.of(old.id()), "retention");
        ArchiveQuery query = ArchiveQuery.of("trend").in(new Partition("GREYSON"));
        assertEquals(1, trends.periods(query, TrendStep.MONTH).size());
        assertEquals(2, trends.periods(query, TrendStep.MONTH).get(0).archives());
        List<TrendPeriod> later =
                trends.periods(query.since(Instant.parse("2026-09-02T00:00:00.000001Z")), TrendStep.MONTH);
        assertEquals(1, later.get(0).archives());
        assertEquals(0, later.get(0).removed());
    }

    @Test
    void sumsThatOverflowAreAnErrorAndNotANumber() throws IOException {
        for (int hour = 0; hour < 2; hour++) {
            store(
                    "ALL",
                    Instant.parse("2026-09-01T00:00:00Z").plus(hour, ChronoUnit.HOURS),
                    1,
                    1,
                    1,
                    changes(0, Long.MAX_VALUE - 1, 0, 0));
        }
        SnapshotException error =
                assertThrows(SnapshotException.class, () -> trends.periods(ArchiveQuery.of("trend"), TrendStep.DAY));
        assertEquals(SnapshotException.Kind.CORRUPT, error.kind());
        assertTrue(error.getMessage().contains("2026-09-01"), error.getMessage());
    }

    @Test
    void weeksAreThoseOfTheIsoCalendar() {
        assertEquals(LocalDate.of(2026, 12, 28), TrendStep.WEEK.start(LocalDate.of(2027, 1, 3)));
        assertEquals(LocalDate.of(2027, 1, 4), TrendStep.WEEK.end(LocalDate.of(2026, 12, 28)));
        assertEquals(LocalDate.of(2024, 2, 1), TrendStep.MONTH.start(LocalDate.of(2024, 2, 29)));
        assertEquals(LocalDate.of(2024, 3, 1), TrendStep.MONTH.end(LocalDate.of(2024, 2, 1)));
    }
}
