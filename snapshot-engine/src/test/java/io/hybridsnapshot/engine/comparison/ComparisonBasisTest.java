package io.hybridsnapshot.engine.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.LegacySpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.ArchiveMode;
import io.hybridsnapshot.engine.save.Consent;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The basis on which save, detect and compare compare the window's current snapshot with a source: one rule for all
 * three, over every kind of earlier snapshot.
 */
class ComparisonBasisTest {
    private static final HashSpec OTHER_SPEC =
            new HashSpec(Map.of("NOTE", ColumnRules.NONE.with(ColumnRules.Flag.TRIM)));
    private static final Dataset OTHER = Orders.DATASET.withHashSpec(OTHER_SPEC);

    private static final Dataset BY_LINE = Dataset.of(Orders.DATASET.name(), List.of("ORDER", "LINE"));

    /** One row NEW, one CHANGED, 18 UNCHANGED and one DELETED. */
    private static final DeltaSummary BY_HASHES = new DeltaSummary(1, 1, 18, 1);

    private static final DeltaSummary BY_KEYS = new DeltaSummary(1, 19, 0, 1);

    @TempDir
    Path directory;

    private final InMemoryWindowStore window = new InMemoryWindowStore();
    private final ArchiveStore archive = new InMemoryArchiveStore();
    private SnapshotEnvironment environment;

    @BeforeEach
    void useHealthyStores() {
        environment = environment(archive);
    }

    private SnapshotEnvironment environment(ArchiveStore store) {
        return new SnapshotEnvironment(
                window, store, new InMemorySnapshotCodec(), directory, Clock.systemUTC(), "test", 16);
    }

    /** The ways to compare a source with the current snapshot. */
    enum UseCase {
        SAVE,
        DETECT,
        COMPARE
    }

    private DeltaReport report(UseCase useCase, Dataset dataset, Orders later) {
        return switch (useCase) {
            case SAVE -> save(request(dataset), later);
            case DETECT ->
                new DetectChanges(environment)
                        .detect(
                                new DetectRequest(dataset, Partition.ALL, Optional.empty(), Progress.NONE),
                                later.source());
            case COMPARE ->
                compare(dataset, new SnapshotReference.Current(), new SnapshotReference.OfSource(later.source()));
        };
    }

    private DeltaReport compare(Dataset dataset, SnapshotReference before, SnapshotReference after) {
        return new CompareSnapshots(environment)
                .compare(new CompareRequest(dataset, Partition.ALL, before, after, Optional.empty(), Progress.NONE));
    }

    private static SaveRequest request(Dataset dataset) {
        return SaveRequest.of(dataset, Partition.ALL)
                .withConsents(EnumSet.of(Consent.MANY_CHANGED, Consent.MANY_DELETED));
    }

    private DeltaReport save(SaveRequest request, Orders orders) {
        return new SaveSnapshot(environment)
                .save(request, orders.source())
                .delta()
                .orElseThrow();
    }

    private void savedBefore(ArchiveMode mode) {
        save(SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(mode), Orders.numbered(20));
    }

    private static Orders later() {
        return Orders.numbered(20).remove("JOO-1").set("JOO-3", "QTY", -1).put("JOO-99", "NEW", 99, null);
    }

    private static Orders drifted() {
        return later().column("FRESH", ColumnType.INT32);
    }

    /** The rows of {@link #later} with a second key column. */
    private static Orders withLines() {
        Orders lines = later().column("LINE", ColumnType.INT32);
        Orders.rowsOf(later().table()).keySet().forEach(order -> lines.set(order, "LINE", 1));
        return lines;
    }

    private void assertBasis(DeltaBasis basis, DeltaSummary counts, DeltaReport report) {
        assertEquals(basis, report.basis());
        assertEquals(counts, report.counts());
    }

    private static void assertRemark(String text, DeltaReport report) {
        String remark = report.remark().orElse("");
        assertTrue(remark.contains(text), () -> "'" + text + "' is not in: " + remark);
    }

    // The platform's own snapshots

    @ParameterizedTest
    @EnumSource(UseCase.class)
    void equalSpecsAreComparedByWholeRowsWithAndWithoutAnArchive(UseCase useCase) {
        savedBefore(ArchiveMode.REQUIRED);
        assertBasis(DeltaBasis.WHOLE_ROWS, BY_HASHES, report(useCase, Orders.DATASET, later()));
        save(request(Orders.DATASET).withArchiveMode(ArchiveMode.OFF), Orders.numbered(20));
        DeltaReport report = report(useCase, Orders.DATASET, later());
        assertBasis(DeltaBasis.WHOLE_ROWS, BY_HASHES, report);
        assertEquals(Optional.empty(), report.remark());
    }

    @ParameterizedTest
    @EnumSource(UseCase.class)
    void anotherSpecIsHashedAnewFromTheArchive(UseCase useCase) {
        savedBefore(ArchiveMode.REQUIRED);
        assertBasis(DeltaBasis.REHASHED, BY_HASHES, report(useCase, OTHER, later()));
    }

    @ParameterizedTest
    @EnumSource(UseCase.class)
    void anotherSpecWithoutAnArchiveIsComparedByKeys(UseCase useCase) {
        savedBefore(ArchiveMode.OFF);
        DeltaReport report = report(useCase, OTHER, later());
        assertBasis(DeltaBasis.KEYS_ONLY, BY_KEYS, report);
        assertEquals(19, report.rowsNotComparedInFull());
    }

    @ParameterizedTest
    @EnumSource(UseCase.class)
    void driftIsComparedOnSharedColumnsWhereThereAreCells(UseCase useCase) {
        savedBefore(ArchiveMode.REQUIRED);
        DeltaReport report = report(useCase, Orders.DATASET, drifted());
        assertBasis(DeltaBasis.SHARED_COLUMNS, BY_HASHES, report);
        assertEquals("FRESH", report.drift().added().get(0).name());
    }

    @ParameterizedTest
    @EnumSource(UseCase.class)
    void driftWithoutCellsIsComparedByWholeRowsAllTheSame(UseCase useCase) {
        savedBefore(ArchiveMode.OFF);
        assertBasis(DeltaBasis.WHOLE_ROWS_DESPITE_DRIFT, BY_HASHES, report(useCase, Orders.DATASET, drifted()));
    }

    @ParameterizedTest
    @EnumSource(UseCase.class)
    void driftAndAnotherSpecAreComparedOnSharedColumnsOrByKeys(UseCase useCase) {
        savedBefore(ArchiveMode.OFF);
        assertBasis(DeltaBasis.KEYS_ONLY, BY_KEYS, report(useCase, OTHER, drifted()));
        save(request(Orders.DATASET), Orders.numbered(20));
        assertBasis(DeltaBasis.SHARED_COLUMNS, BY_HASHES, report(useCase, OTHER, drifted()));
    }

    @Test
    void twoStatesOfOtherSpecsAreHashedAnewFromTheirArchives() {
        savedBefore(ArchiveMode.REQUIRED);
        save(request(Orders.DATASET), later());
        DeltaReport report = compare(OTHER, new SnapshotReference.Previous(), new SnapshotReference.Current());
        assertBasis(DeltaBasis.REHASHED, BY_HASHES, report);
    }

    @Test
    void anArchivedStateOfAnotherSpecIsHashedAnewToMatchHashesWithoutCells() {
        savedBefore(ArchiveMode.REQUIRED);
        save(request(OTHER).withArchiveMode(ArchiveMode.OFF), later());
        DeltaReport report = compare(OTHER, new SnapshotReference.Previous(), new SnapshotReference.Current());
        assertBasis(DeltaBasis.REHASHED, BY_HASHES, report);
    }

    /** Rows are sorted as often as they are hashed. 16 rows fit into memory, so each sort of 160 leaves 10 runs. */
    @Test
    void aCompareOnSharedColumnsHashesEachSourceOnceAndASaveTwice() {
        Orders drifted = Orders.numbered(160).column("FRESH", ColumnType.INT32);
        CountingSource before = new CountingSource(Orders.numbered(160).source());
        CountingSource after = new CountingSource(drifted.source());
        DeltaReport report =
                compare(Orders.DATASET, new SnapshotReference.OfSource(before), new SnapshotReference.OfSource(after));
        assertBasis(DeltaBasis.SHARED_COLUMNS, new DeltaSummary(0, 0, 160, 0), report);
        assertEquals(10, before.sortedRuns.get());
        assertEquals(20, after.sortedRuns.get(), "with those of the source before");

        save(SaveRequest.of(Orders.DATASET, Partition.ALL), Orders.numbered(160));
        CountingSource saved = new CountingSource(drifted.source());
        new SaveSnapshot(environment).save(request(Orders.DATASET), saved);
        assertEquals(19, saved.sortedRuns.get(), "the window's rows have other hashes than the compared ones");
    }

    /** A source that counts the sorted runs on the disk after its rows were sorted, when it is asked for its remark. */
    private final class CountingSource implements RowSource {
        private final RowSource inner;
        private final AtomicLong sortedRuns = new AtomicLong();

        CountingSource(RowSource inner) {
            this.inner = inner;
        }

        @Override
        public String description() {
            return inner.description();
        }

        @Override
        public RowStream open(ReadOptions options) {
            RowStream rows = inner.open(options);
            return new RowStream() {
                @Override
                public Schema schema() {
                    return rows.schema();
                }

                @Override
                public Optional<RowBatch> next() {
                    return rows.next();
                }

                @Override
                public Optional<String> remark() {
                    sortedRuns.set(countSortedRuns());
                    return Optional.empty();
                }

                @Override
                public void close() {
                    rows.close();
                }
            };
        }
    }

    private long countSortedRuns() {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("snapshot-run-"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Archives that cannot be used

    @ParameterizedTest
    @EnumSource(UseCase.class)
    void aDamagedArchiveLeavesKeysToSaveAndDetectAndEndsACompare(UseCase useCase) {
        savedBefore(ArchiveMode.REQUIRED);
        environment = environment(broken(
                "open", SnapshotException.corrupt("the bytes are damaged").build()));
        if (useCase == UseCase.COMPARE) {
            SnapshotException error = assertThrows(SnapshotException.class, () -> report(useCase, OTHER, later()));
            assertEquals(SnapshotException.Kind.CORRUPT, error.kind());
            return;
        }
        DeltaReport report = report(useCase, OTHER, later());
        assertBasis(DeltaBasis.KEYS_ONLY, BY_KEYS, report);
        assertRemark("archive cannot be used: the bytes are damaged", report);
    }

    @ParameterizedTest
    @EnumSource(UseCase.class)
    void anArchiveThatIsGoneLeavesKeysAndIsSaid(UseCase useCase) {
        savedBefore(ArchiveMode.REQUIRED);
        environment = environment(withoutArchives());
        DeltaReport report = report(useCase, OTHER, later());
        assertBasis(DeltaBasis.KEYS_ONLY, BY_KEYS, report);
        assertRemark("archive cannot be used: the window refers to an archive that is not there", report);
    }

    @ParameterizedTest
    @EnumSource(UseCase.class)
    void anArchiveThatCannotBeReachedEndsWhatNeedsItsCells(UseCase useCase) {
        savedBefore(ArchiveMode.REQUIRED);
        environment = environment(broken(
                "open", SnapshotException.unavailable("the archive is down").build()));
        SnapshotException error = assertThrows(SnapshotException.class, () -> report(useCase, OTHER, later()));
        assertEquals(SnapshotException.Kind.UNAVAILABLE, error.kind());
    }

    @Test
    void aBestEffortSaveComparesByKeysWhereTheArchiveCannotBeReached() {
        savedBefore(ArchiveMode.REQUIRED);
        environment = environment(broken(
                "open", SnapshotException.unavailable("the archive is down").build()));
        DeltaReport report = save(request(OTHER).withArchiveMode(ArchiveMode.BEST_EFFORT), later());
        assertBasis(DeltaBasis.KEYS_ONLY, BY_KEYS, report);
        assertRemark("the archive is down", report);
    }

    @ParameterizedTest
    @EnumSource(UseCase.class)
    void anArchiveWithoutAKeyColumnLeavesTheHashesAndIsSaid(UseCase useCase) {
        savedBefore(ArchiveMode.REQUIRED);
        DeltaReport report = report(useCase, BY_LINE, withLines());
        assertBasis(DeltaBasis.WHOLE_ROWS_DESPITE_DRIFT, new DeltaSummary(20, 0, 0, 20), report);
        assertRemark("archive cannot be used: it has no column 'LINE', which is a key column now", report);
    }

    @Test
    void aKeyColumnThatALaterStateLacksIsSaidOfThatState() {
        savedBefore(ArchiveMode.REQUIRED);
        DeltaReport report =
                compare(BY_LINE, new SnapshotReference.OfSource(withLines().source()), new SnapshotReference.Current());
        assertBasis(DeltaBasis.WHOLE_ROWS_DESPITE_DRIFT, new DeltaSummary(20, 0, 0, 20), report);
        assertRemark("the later snapshot's archive cannot be used: it has no column 'LINE'", report);
    }

    @Test
    void aStateThatOnlyAnArchiveWithoutAKeyColumnHasIsRefusedOnEitherSide() {
        savedBefore(ArchiveMode.REQUIRED);
        SnapshotReference archived = new SnapshotReference.ByArchive(new ArchiveId(1));
        SnapshotReference source = new SnapshotReference.OfSource(withLines().source());
        for (Executable comparison : List.<Executable>of(
                () -> compare(BY_LINE, archived, source), () -> compare(BY_LINE, source, archived))) {
            SnapshotException error = assertThrows(SnapshotException.class, comparison);
            assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
            assertTrue(error.where().orElseThrow().contains("archive 1"), error.getMessage());
            assertTrue(error.getMessage().contains("it has no column 'LINE'"), error.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(UseCase.class)
    void anArchiveThatWasRemovedLeavesKeysAndARemarkThatNamesTheReason(UseCase useCase) {
        savedBefore(ArchiveMode.REQUIRED);
        archive.remove(List.of(new ArchiveId(1)), "clean-up plan 1f");
        DeltaReport report = report(useCase, OTHER, later());
        assertBasis(DeltaBasis.KEYS_ONLY, BY_KEYS, report);
        assertRemark("archive cannot be used: archive 1 was removed by ", report);
        assertRemark(" (clean-up plan 1f) on 20", report);
        assertFalse(report.remark().orElseThrow().contains("backup"), report::toString);
    }

    @Test
    void aRemovedArchiveThatARequestNamesIsSaidToBeRemoved() {
        savedBefore(ArchiveMode.REQUIRED);
        SnapshotId first = window.findCurrent(Orders.DATASET, Partition.ALL)
                .flatMap(WindowSnapshot::id)
                .orElseThrow();
        LoadSnapshot load = new LoadSnapshot(environment);
        archive.remove(List.of(new ArchiveId(1)), "clean-up plan 1f");
        assertRemoved(() -> load.find(Orders.DATASET, new SnapshotReference.Current()));
        assertRemoved(() -> load.find(Orders.DATASET, new SnapshotReference.ByArchive(new ArchiveId(1))));
        window.deleteRows(Orders.DATASET, Partition.ALL, identity -> identity.getMostSignificantBits() < 0);
        SnapshotException lost =
                assertThrows(SnapshotException.class, () -> report(UseCase.DETECT, Orders.DATASET, later()));
        assertEquals(SnapshotException.Kind.CORRUPT, lost.kind());
        assertTrue(lost.getMessage().contains("archive 1 was removed by "), lost.getMessage());
        save(request(Orders.DATASET).withConsents(EnumSet.allOf(Consent.class)), later());
        save(request(Orders.DATASET), later());
        assertRemoved(() -> load.find(Orders.DATASET, new SnapshotReference.ById(first)));
    }

    private static void assertRemoved(Executable request) {
        SnapshotException error = assertThrows(SnapshotException.class, request);
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.problem().contains("archive 1 was removed by "), error.getMessage());
        assertTrue(error.problem().contains(" (clean-up plan 1f) on 20"), error.getMessage());
        assertTrue(error.nextStep().orElseThrow().contains("choose a snapshot"), error.getMessage());
    }

    @Test
    void aLostArchiveThatARequestNeedsIsCorrupt() {
        savedBefore(ArchiveMode.REQUIRED);
        LoadSnapshot load = new LoadSnapshot(environment(withoutArchives()));
        SnapshotException error =
                assertThrows(SnapshotException.class, () -> load.find(Orders.DATASET, new SnapshotReference.Current()));
        assertEquals(SnapshotException.Kind.CORRUPT, error.kind());
        assertTrue(error.getMessage().contains("refers to an archive that is not there"), error.getMessage());
    }

    // Foreign snapshots

    @ParameterizedTest
    @EnumSource(UseCase.class)
    void aForeignSnapshotIsComparedByKeys(UseCase useCase) {
        foreignRows("0".repeat(64));
        DeltaReport report = report(useCase, Orders.DATASET, later());
        assertBasis(DeltaBasis.KEYS_ONLY, BY_KEYS, report);
        if (useCase != UseCase.COMPARE) {
            assertRemark("a foreign writer made the earlier snapshot", report);
        }
    }

    @Test
    void aNamedLegacySpecDecidesTheBasisAndADoubtfulOneStopsASave() {
        foreignRows("0".repeat(64));
        DetectRequest detect = new DetectRequest(Orders.DATASET, Partition.ALL, Optional.empty(), Progress.NONE)
                .withForeignHashes(LegacySpec.PY_B);
        DeltaReport report = new DetectChanges(environment).detect(detect, later().source());
        assertBasis(DeltaBasis.LEGACY_HASHES, BY_KEYS, report);
        assertRemark("no row has the hash that the window holds of it", report);
        SaveRequest save = request(Orders.DATASET).withForeignHashes(LegacySpec.PY_B);
        SnapshotException error = assertThrows(SnapshotException.class, () -> save(save, later()));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        Set<Consent> consents = EnumSet.of(Consent.MANY_CHANGED, Consent.NO_ROW_MATCHES);
        assertBasis(DeltaBasis.LEGACY_HASHES, BY_KEYS, save(save.withConsents(consents), later()));
    }

    @Test
    void aLegacySpecOfThePlatformsOwnSnapshotIsRefused() {
        savedBefore(ArchiveMode.REQUIRED);
        DetectRequest detect = new DetectRequest(Orders.DATASET, Partition.ALL, Optional.empty(), Progress.NONE)
                .withForeignHashes(LegacySpec.PY_B);
        SnapshotException error = assertThrows(
                SnapshotException.class, () -> new DetectChanges(environment).detect(detect, later().source()));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
    }

    // Windows that have lost rows

    @ParameterizedTest
    @EnumSource(UseCase.class)
    void anIncompleteWindowIsComparedByItsArchive(UseCase useCase) {
        savedBefore(ArchiveMode.REQUIRED);
        window.deleteRows(Orders.DATASET, Partition.ALL, identity -> identity.getMostSignificantBits() < 0);
        DeltaReport report = report(useCase, Orders.DATASET, later());
        assertBasis(DeltaBasis.WHOLE_ROWS, BY_HASHES, report);
        if (useCase != UseCase.COMPARE) {
            assertRemark("rows of the current snapshot are missing from the window", report);
        }
    }

    @ParameterizedTest
    @EnumSource(UseCase.class)
    void anIncompleteWindowWithoutItsArchiveIsCorrupt(UseCase useCase) {
        savedBefore(ArchiveMode.OFF);
        window.deleteRows(Orders.DATASET, Partition.ALL, identity -> identity.getMostSignificantBits() < 0);
        SnapshotException error = assertThrows(SnapshotException.class, () -> report(useCase, Orders.DATASET, later()));
        assertEquals(SnapshotException.Kind.CORRUPT, error.kind());
    }

    @ParameterizedTest
    @EnumSource(
            value = UseCase.class,
            names = {"SAVE", "DETECT"})
    void anIncompleteWindowWithADamagedArchiveIsCorrupt(UseCase useCase) {
        savedBefore(ArchiveMode.REQUIRED);
        window.deleteRows(Orders.DATASET, Partition.ALL, identity -> identity.getMostSignificantBits() < 0);
        environment = environment(broken(
                "open", SnapshotException.corrupt("the bytes are damaged").build()));
        SnapshotException error = assertThrows(SnapshotException.class, () -> report(useCase, Orders.DATASET, later()));
        assertEquals(SnapshotException.Kind.CORRUPT, error.kind());
    }

    /** Replaces the current rows by the same identities with a hash that no row has. */
    private void foreignRows(String hash) {
        savedBefore(ArchiveMode.OFF);
        WindowSnapshot current =
                window.findCurrent(Orders.DATASET, Partition.ALL).orElseThrow();
        Map<UUID, String> hashes = new HashMap<>();
        try (KeyedRowStream rows = window.openRows(Orders.DATASET, current)) {
            for (Optional<KeyedHashes> next = rows.next(); next.isPresent(); next = rows.next()) {
                for (int row = 0; row < next.get().size(); row++) {
                    hashes.put(next.get().identity(row), hash);
                }
            }
        }
        window.replaceRows(Orders.DATASET, Partition.ALL, Instant.parse("2026-01-01T00:00:00Z"), hashes);
    }

    /** An archive with a method that fails. */
    private ArchiveStore broken(String name, SnapshotException failure) {
        return guarded((method, arguments) -> {
            if (method.equals(name)) {
                throw failure;
            }
            return Optional.empty();
        });
    }

    /** An archive that finds no archive by its number. */
    private ArchiveStore withoutArchives() {
        return guarded((method, arguments) -> method.equals("find") ? Optional.of(Optional.empty()) : Optional.empty());
    }

    private interface Guard {
        /** Returns the answer in place of the store's; empty: the store answers. */
        Optional<Object> before(String method, Object[] arguments);
    }

    private ArchiveStore guarded(Guard guard) {
        return (ArchiveStore) Proxy.newProxyInstance(
                ArchiveStore.class.getClassLoader(),
                new Class<?>[] {ArchiveStore.class},
                (proxy, method, arguments) -> {
                    Optional<Object> answer = guard.before(method.getName(), arguments);
                    if (answer.isPresent()) {
                        return answer.get();
                    }
                    try {
                        return method.invoke(archive, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
