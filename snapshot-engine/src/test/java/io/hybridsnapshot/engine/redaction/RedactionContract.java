package io.hybridsnapshot.engine.redaction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveRedaction;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.archive.RecordDigest;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.engine.NaiveFingerprint;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.comparison.CompareRequest;
import io.hybridsnapshot.engine.comparison.CompareSnapshots;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.RecoverSnapshots;
import io.hybridsnapshot.engine.recovery.Recovery;
import io.hybridsnapshot.engine.redaction.RedactionPlan.Verdict;
import io.hybridsnapshot.engine.save.ArchiveMode;
import io.hybridsnapshot.engine.save.Consent;
import io.hybridsnapshot.engine.save.Crash;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.engine.verification.VerificationLevel;
import io.hybridsnapshot.engine.verification.VerificationReport;
import io.hybridsnapshot.engine.verification.VerifyRequest;
import io.hybridsnapshot.engine.verification.VerifySnapshots;
import io.hybridsnapshot.testkit.data.RandomTables;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.data.TableAssert;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The promises of a redaction over any window and archive; the subclass holds the stores and nothing else. */
public abstract class RedactionContract {
    private static final Instant START = Instant.parse("2026-09-27T10:00:00Z");
    private static final String REASON = "erasure request 2026-114";

    @TempDir
    Path directory;

    /** Without compression, so that a text that is in a file can be found in its bytes. */
    private final SnapshotCodec codec = codec();

    private Instant now = START;
    private int archivedFiles;
    private WindowStore window;
    private ArchiveStore archive;
    private SnapshotEnvironment environment;

    /** An empty window. */
    protected abstract WindowStore window();

    /** An empty archive. */
    protected abstract ArchiveStore archive();

    /** The codec of archived files: uncompressed, so that a stored text can be searched for. */
    protected SnapshotCodec codec() {
        return new InMemorySnapshotCodec();
    }

    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    @BeforeEach
    public void openStores() {
        window = window();
        archive = archive();
        environment = environment(archive);
    }

    private SnapshotEnvironment environment(ArchiveStore archives) {
        // Few rows in memory, so that sorting spills.
        return new SnapshotEnvironment(window, archives, codec, directory.resolve("work"), clock, "test", 16);
    }

    private ArchivedSnapshot save(Orders orders) {
        return save(SaveRequest.of(Orders.DATASET, Partition.ALL).withConsents(Set.of(Consent.MANY_DELETED)), orders);
    }

    private ArchivedSnapshot save(SaveRequest request, Orders orders) {
        now = now.plusSeconds(60);
        return new SaveSnapshot(environment)
                .save(request, orders.source())
                .archive()
                .orElseThrow();
    }

    /** Three archives with the row, and two without that push them out of the window. */
    private List<ArchivedSnapshot> savedAndErasedAtSource(String key) {
        List<ArchivedSnapshot> with = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            with.add(save(Orders.numbered(40 + i)));
        }
        for (int i = 0; i < 2; i++) {
            save(Orders.numbered(43 + i).remove(key));
        }
        return with;
    }

    private static RowKeys keys(String... texts) {
        return RowKeys.of(
                1, Stream.of(texts).map(text -> List.of(Optional.of(text))).toList());
    }

    private RedactionRequest request(String... texts) {
        return RedactionRequest.of(Orders.DATASET, keys(texts));
    }

    private RedactionPlan plan(RedactionRequest request) {
        return new RedactArchives(environment).plan(request);
    }

    private RedactionResult redact(RedactionRequest request) {
        return new RedactArchives(environment).apply(request, REASON);
    }

    private SnapshotException refused(RedactionRequest request) {
        Map<ArchiveId, byte[]> before = allBytes();
        SnapshotException error = assertThrows(SnapshotException.class, () -> redact(request));
        Map<ArchiveId, byte[]> after = allBytes();
        assertEquals(before.keySet(), after.keySet());
        before.forEach((id, bytes) -> assertArrayEquals(bytes, after.get(id), "archive " + id));
        assertEquals(List.of(), archive.audit().orElseThrow().redactions(ArchiveQuery.ALL));
        return error;
    }

    private Map<ArchiveId, byte[]> allBytes() {
        Map<ArchiveId, byte[]> bytes = new HashMap<>();
        archive.list(ArchiveQuery.ALL).forEach(stored -> bytes.put(stored.id(), bytes(stored.id())));
        return bytes;
    }

    private byte[] bytes(ArchiveId id) {
        try (SeekableBytes stored = archive.open(id)) {
            byte[] bytes = new byte[Math.toIntExact(stored.length())];
            stored.read(0, bytes, 0, bytes.length);
            return bytes;
        }
    }

    private ArchivedSnapshot stored(ArchiveId id) {
        return archive.find(id).orElseThrow();
    }

    private Table rows(ArchiveId id) {
        try (RowStream rows = new LoadSnapshot(environment).open(stored(id), List.of())) {
            return Table.read(rows);
        }
    }

    private Map<String, String> metadata(ArchiveId id) {
        try (SnapshotReader reader = codec.openReader(archive.open(id))) {
            return reader.metadata();
        }
    }

    private static boolean holds(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1)
                .contains(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    }

    /** Finding rows. */
    @Nested
    class FindingRows {
        @Test
        void aPlanCountsTheRowsOfEachArchiveAndChangesNothing() {
            save(Orders.numbered(3));
            save(Orders.numbered(40));
            save(Orders.numbered(3));
            save(Orders.numbered(4));
            Map<ArchiveId, byte[]> before = allBytes();
            RedactionPlan plan = plan(request("JOO-17", "JOO-2", "JOO-404", "JOO-17"));
            assertEquals(3, plan.keys());
            assertEquals(List.of(3), plan.unmatchedKeys());
            assertEquals(
                    List.of(1L, 1L, 2L, 1L),
                    plan.archives().stream().map(RedactionPlan.Finding::rows).toList());
            assertEquals(
                    List.of(Verdict.IN_WINDOW, Verdict.IN_WINDOW, Verdict.ERASABLE, Verdict.ERASABLE),
                    plan.archives().stream().map(RedactionPlan.Finding::verdict).toList());
            assertEquals(3, plan.erasableRows());
            before.forEach((id, bytes) -> assertArrayEquals(bytes, bytes(id)));
            assertEquals(List.of(), archive.audit().orElseThrow().redactions(ArchiveQuery.ALL));
        }

        @Test
        void archivesWithoutTheRowsAreClean() {
            save(Orders.numbered(3));
            RedactionResult result = redact(request("JOO-9"));
            assertEquals(List.of(1), result.plan().unmatchedKeys());
            assertEquals(Verdict.CLEAN, result.plan().archives().get(0).verdict());
            assertEquals(List.of(), result.rewritten());
        }
    }

    /** Erasing rows. */
    @Nested
    class ErasingRows {
        @Test
        void aRedactionLeavesOutTheRowsAndNothingElse() {
            List<ArchivedSnapshot> with = savedAndErasedAtSource("JOO-17");
            Map<ArchiveId, Table> tables = new HashMap<>();
            Map<ArchiveId, Map<String, String>> metadata = new HashMap<>();
            Map<ArchiveId, byte[]> before = allBytes();
            for (ArchivedSnapshot each : with) {
                tables.put(each.id(), rows(each.id()));
                metadata.put(each.id(), metadata(each.id()));
                assertTrue(holds(bytes(each.id()), "JOO-17"), "the test looks in the right place");
                assertTrue(holds(bytes(each.id()), "note 17"), "the test looks in the right place");
            }
            RedactionResult result = redact(request("JOO-17"));
            assertEquals(3, result.erasedRows());
            assertEquals(
                    with.stream().map(ArchivedSnapshot::id).toList(),
                    result.rewritten().stream().map(each -> each.archive().id()).toList());
            for (ArchivedSnapshot each : with) {
                Table table = tables.get(each.id());
                Table rest = without(table, List.of("ORDER"), Set.of(List.of(Optional.of("JOO-17"))));
                assertEquals(table.rowCount() - 1, rest.rowCount());
                TableAssert.assertSameRows(rest, rows(each.id()));
                ArchivedSnapshot now = stored(each.id());
                assertEquals(OptionalLong.of(rest.rowCount()), now.rowCount());
                assertEquals(Optional.of(fingerprint(rest, Orders.DATASET)), now.fingerprint());
                assertEquals(each.schemaHash(), now.schemaHash());
                assertEquals(each.hashSpecId(), now.hashSpecId());
                assertEquals(each.changes(), now.changes());
                assertEquals(each.date(), now.date());
                assertEquals(metadata.get(each.id()), metadata(each.id()));
                assertEquals(
                        each.snapshotId().orElseThrow().toString(),
                        metadata(each.id()).get("snapshot.batch-id"));
                assertEquals(bytes(each.id()).length, now.size());
                assertEquals(Optional.empty(), archive.findDamage(each.id()));
                assertFalse(Arrays.equals(before.get(each.id()), bytes(each.id())));
            }
            archive.list(ArchiveQuery.ALL).forEach(each -> {
                assertFalse(holds(bytes(each.id()), "JOO-17"), "archive " + each.id());
                assertFalse(holds(bytes(each.id()), "note 17"), "archive " + each.id());
            });
            assertEquals(List.of(1), plan(request("JOO-17")).unmatchedKeys());
        }

        @Test
        void anArchiveOfWhichNothingIsLeftIsEmpty() {
            ArchivedSnapshot first = save(Orders.numbered(2));
            save(Orders.numbered(9).remove("JOO-0").remove("JOO-1"));
            save(Orders.numbered(10).remove("JOO-0").remove("JOO-1"));
            redact(request("JOO-0", "JOO-1"));
            assertEquals(0, rows(first.id()).rowCount());
            assertEquals(OptionalLong.of(0), stored(first.id()).rowCount());
            assertEquals(rows(first.id()).schema(), Orders.numbered(1).schema());
        }

        @Test
        void theChainIsCarriedOn() {
            List<ArchivedSnapshot> with = savedAndErasedAtSource("JOO-17");
            ChainHead head = head();
            redact(request("JOO-17"));
            List<Redaction> redactions =
                    archive.audit().orElseThrow().redactions(ArchiveQuery.of(Orders.DATASET.name()));
            assertEquals(3, redactions.size());
            String previous = head.digest();
            for (int i = 0; i < 3; i++) {
                Redaction redaction = redactions.get(i);
                ArchivedSnapshot before = with.get(i);
                ArchivedSnapshot after = stored(before.id());
                assertEquals(head.number() + 1 + i, redaction.link().number());
                assertEquals(previous, redaction.link().previousDigest());
                assertEquals(before.link().orElseThrow().digest(), redaction.replacedDigest());
                assertEquals(after.link().orElseThrow().digest(), redaction.recordDigest());
                assertEquals(RecordDigest.of(redaction), redaction.link().digest());
                assertEquals(REASON, redaction.reason());
                assertEquals(1, redaction.erasedRows());
                previous = redaction.link().digest();
                ChainLink link = after.link().orElseThrow();
                assertEquals(before.link().orElseThrow().number(), link.number());
                assertEquals(before.link().orElseThrow().previousDigest(), link.previousDigest());
                assertEquals(RecordDigest.of(after, link.number(), link.previousDigest()), link.digest());
            }
            assertEquals(new ChainHead(head.dataset(), head.partition(), head.number() + 3, previous), head());
        }

        @Test
        void verificationFollowsARedactionAndFindsNothingWrong() {
            savedAndErasedAtSource("JOO-17");
            redact(request("JOO-17"));
            redact(request("JOO-16")
                    .within(Set.of(archive.list(ArchiveQuery.ALL).get(4).id())));
            VerificationReport report = new VerifySnapshots(environment)
                    .verify(VerifyRequest.of(Orders.DATASET, EnumSet.allOf(VerificationLevel.class)));
            assertEquals(List.of(), report.findings());
        }

        private ChainHead head() {
            List<ChainHead> heads = archive.audit().orElseThrow().chainHeads(ArchiveQuery.of(Orders.DATASET.name()));
            assertEquals(1, heads.size());
            return heads.get(0);
        }

        @Test
        void rewrittenArchivesCanBeComparedAndTheNextSaveGoesOn() {
            List<ArchivedSnapshot> with = savedAndErasedAtSource("JOO-17");
            redact(request("JOO-17"));
            DeltaReport report = new CompareSnapshots(environment)
                    .compare(new CompareRequest(
                            Orders.DATASET,
                            Partition.ALL,
                            new SnapshotReference.ByArchive(with.get(0).id()),
                            new SnapshotReference.Current(),
                            Optional.of(new DetailRequest(100, Optional.empty())),
                            Progress.NONE));
            assertEquals(0, report.counts().deleted());
            assertEquals(39, report.counts().before());
            assertFalse(report.details().orElseThrow().toString().contains("JOO-17"));
            save(Orders.numbered(50).remove("JOO-17"));
        }

        @Test
        void keysOfSeveralColumnsMatchAsAWholeAndNullIsAValue() {
            Dataset dataset = Dataset.of("orders_test", List.of("NOTE", "QTY"));
            Orders orders = new Orders();
            orders.put("A", "x", 1, "note")
                    .put("B", "x", 2, "note")
                    .put("C", "x", 1, "other")
                    .put("D", "x", 3, null);
            ArchivedSnapshot first = save(SaveRequest.of(dataset, Partition.ALL), orders);
            orders.remove("A").remove("D").put("E", "x", 9, "e");
            save(SaveRequest.of(dataset, Partition.ALL), orders);
            save(SaveRequest.of(dataset, Partition.ALL), orders.put("F", "x", 9, "f"));
            RowKeys keys = RowKeys.of(
                    2,
                    List.of(
                            List.of(Optional.of("note"), Optional.of("1.00")),
                            List.of(Optional.empty(), Optional.of("3")),
                            List.of(Optional.of("note"), Optional.empty()),
                            List.of(Optional.of("1"), Optional.of("note"))));
            RedactionResult result = redact(RedactionRequest.of(dataset, keys));
            assertEquals(List.of(3, 4), result.plan().unmatchedKeys());
            assertEquals(Set.of("B", "C"), Orders.rowsOf(rows(first.id())).keySet());
        }

        @Test
        void aKeyIsFoundWhateverTypeItsColumnHadInTheArchive() {
            Dataset dataset = Dataset.of("orders_test", List.of("QTY"));
            List<ArchivedSnapshot> archives = new ArrayList<>();
            for (ColumnType type : List.of(ColumnType.INT32, ColumnType.parse("decimal(12,2)"), ColumnType.INT64)) {
                long scale = type.kind() == TypeKind.DECIMAL ? 100 : 1;
                Orders orders = new Orders().column("QTY", type);
                for (int i = 1; i < 9; i++) {
                    orders.put("O" + i, "x", (int) (i * scale), null);
                }
                archives.add(save(SaveRequest.of(dataset, Partition.ALL), orders));
            }
            for (int i = 0; i < 2; i++) {
                Orders without = new Orders();
                for (int quantity = 1; quantity < 9; quantity++) {
                    if (quantity != 7) {
                        without.put("O" + quantity, "x", quantity, "again " + i);
                    }
                }
                save(SaveRequest.of(dataset, Partition.ALL), without);
            }
            RedactionResult result =
                    redact(RedactionRequest.of(dataset, RowKeys.of(1, List.of(List.of(Optional.of("7.0"))))));
            assertEquals(3, result.erasedRows());
            for (ArchivedSnapshot each : archives) {
                assertFalse(Orders.rowsOf(rows(each.id())).containsKey("O7"), "archive " + each.id());
                assertEquals(7, rows(each.id()).rowCount());
            }
        }

        /**
         * Random tables of every type; some columns are the key, and the texts of some rows' cells the keys to be
         * erased.
         */
        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
        void anyKeyOfAnyTypeIsErasedAsANaiveFilterDoes(long seed) {
            Random random = new Random(seed);
            // Half of a surrogate pair has no text of its own, so no text can name it.
            Table table = RandomTables.seeded(seed)
                    .without(RandomTables.Edge.LONE_SURROGATE, RandomTables.Edge.NUL)
                    .withFractionDigits(6)
                    .everyType(120, 13);
            for (int round = 0; round < 8; round++) {
                List<String> keyColumns = new ArrayList<>();
                int width = 1 + random.nextInt(3);
                while (keyColumns.size() < width) {
                    String name = table.schema()
                            .column(random.nextInt(table.schema().size()))
                            .name();
                    if (!keyColumns.contains(name)) {
                        keyColumns.add(name);
                    }
                }
                Set<List<Optional<String>>> keys = new LinkedHashSet<>();
                for (List<Optional<String>> key : cells(table, keyColumns)) {
                    if (random.nextInt(10) == 0 && key.stream().anyMatch(Optional::isPresent)) {
                        keys.add(key);
                    }
                }
                if (keys.isEmpty()) {
                    continue;
                }
                Dataset dataset = Dataset.of("random_" + round, keyColumns);
                ArchivedSnapshot stored = archived(dataset, table);
                RedactionResult result = redact(RedactionRequest.of(dataset, RowKeys.of(width, keys)));
                assertEquals(List.of(), result.plan().unmatchedKeys(), keyColumns.toString());
                Table rest = without(table, keyColumns, keys);
                assertEquals(table.rowCount() - rest.rowCount(), result.erasedRows(), keyColumns.toString());
                TableAssert.assertSameRows(rest, rows(stored.id()));
                assertEquals(
                        Optional.of(fingerprint(rest, dataset)),
                        stored(stored.id()).fingerprint());
                assertEquals(Optional.empty(), archive.findDamage(stored.id()));
            }
        }
    }

    /** Refusals for the sake of holds and of the window. */
    @Nested
    class HoldsAndTheWindow {
        @Test
        void oneHeldArchiveKeepsAllFromBeingRewritten() {
            List<ArchivedSnapshot> with = savedAndErasedAtSource("JOO-17");
            archive.holds()
                    .orElseThrow()
                    .hold(with.get(1).id(), new Hold(Optional.of("legal"), "case 7", Optional.empty()));
            SnapshotException error = refused(request("JOO-17"));
            assertEquals(SnapshotException.Kind.CONFLICT, error.kind());
            assertTrue(error.getMessage().contains("archive " + with.get(1).id()), error.getMessage());
            assertTrue(error.getMessage().contains("case 7"), error.getMessage());
            assertFalse(error.getMessage().contains("JOO-17"), error.getMessage());
            assertEquals(
                    0, redact(request("JOO-99")).rewritten().size(), "a hold without such rows is in nobody's way");
            archive.holds().orElseThrow().release(with.get(1).id());
            assertEquals(3, redact(request("JOO-17")).rewritten().size());
        }

        @Test
        void aHoldThatHasEndedIsNone() {
            List<ArchivedSnapshot> with = savedAndErasedAtSource("JOO-17");
            archive.holds()
                    .orElseThrow()
                    .hold(
                            with.get(0).id(),
                            new Hold(Optional.of("legal"), "case 7", Optional.of(LocalDate.of(2026, 9, 27))));
            assertEquals(3, redact(request("JOO-17")).rewritten().size());
        }

        @Test
        void whatTheWindowStillHasIsRefusedWithTheNextStep() {
            ArchivedSnapshot first = save(Orders.numbered(20));
            save(Orders.numbered(21));
            Orders erased = Orders.numbered(22).remove("JOO-17");
            save(erased);
            SnapshotException error = refused(request("JOO-17"));
            assertEquals(SnapshotException.Kind.CONFLICT, error.kind());
            assertTrue(
                    error.getMessage().contains("save until these snapshots have left the window"), error.getMessage());
            save(erased.copy().put("JOO-77", "x", 1, null));
            assertEquals(2, redact(request("JOO-17")).erasedRows());
            assertEquals(19, rows(first.id()).rowCount());
        }

        /** Such a snapshot refers to its archive as soon as it is recovered. */
        @Test
        void aSnapshotThatWasArchivedAndNeverPublishedIsInTheWindowToo() {
            save(Orders.numbered(5));
            now = now.plusSeconds(60);
            WindowStore dies = Crash.beforePublish(window);
            SnapshotEnvironment interrupted =
                    new SnapshotEnvironment(dies, archive, codec, directory.resolve("work"), clock, "test", 16);
            assertThrows(
                    Crash.Died.class,
                    () -> new SaveSnapshot(interrupted)
                            .save(
                                    SaveRequest.of(Orders.DATASET, Partition.ALL),
                                    Orders.numbered(6).source()));
            assertEquals(2, archive.list(ArchiveQuery.ALL).size());
            RedactionPlan plan = plan(request("JOO-5"));
            assertEquals(Verdict.IN_WINDOW, plan.archives().get(0).verdict());
            assertEquals(
                    SnapshotException.Kind.CONFLICT, refused(request("JOO-5")).kind());
        }

        @Test
        void rowsThatTheWindowAloneHasAreRefused() {
            savedAndErasedAtSource("JOO-17");
            now = now.plusSeconds(60);
            SaveRequest unarchived = SaveRequest.of(Orders.DATASET, Partition.ALL)
                    .withArchiveMode(ArchiveMode.OFF)
                    .withConsents(Set.of(Consent.MANY_DELETED));
            new SaveSnapshot(environment).save(unarchived, Orders.numbered(30).source());
            RedactionPlan plan = plan(request("JOO-17", "JOO-18", "JOO-99"));
            assertEquals(OptionalLong.of(2), plan.unarchived().get(0).rows());
            assertFalse(plan.unarchived().get(0).isUnfinished());
            assertEquals(List.of(3), plan.unmatchedKeys());
            assertEquals(List.of(), plan(request("JOO-99")).unarchived());
            SnapshotException error = refused(request("JOO-17"));
            assertEquals(SnapshotException.Kind.CONFLICT, error.kind());
            assertTrue(error.getMessage().contains("without an archive"), error.getMessage());
            save(Orders.numbered(45).remove("JOO-17"));
            save(Orders.numbered(46).remove("JOO-17"));
            assertEquals(3, redact(request("JOO-17")).erasedRows());
        }
    }

    /** Files that wait in the outbox, and unfinished saves. */
    @Nested
    class WaitingFiles {
        @Test
        void aFileThatWaitsInTheOutboxIsRefusedUntilItIsDelivered() {
            List<ArchivedSnapshot> with = savedAndErasedAtSource("JOO-17");
            waiting(Orders.numbered(20));
            RedactionPlan plan = plan(request("JOO-17"));
            assertEquals(1, plan.waiting().size());
            assertEquals(1, plan.waiting().get(0).rows());
            SnapshotException error = refused(request("JOO-17"));
            assertEquals(SnapshotException.Kind.CONFLICT, error.kind());
            assertTrue(error.getMessage().contains("outbox"), error.getMessage());
            assertTrue(error.getMessage().contains("deliver them (recovery)"), error.getMessage());
            assertEquals(0, plan(request("JOO-30")).waiting().size(), "a file without such rows is in nobody's way");
            Set<ArchiveId> first = Set.of(with.get(0).id());
            assertEquals(1, redact(request("JOO-17").within(first)).erasedRows());
            // The next save delivers the file, and two of them push its snapshot out of the window.
            save(Orders.numbered(45).remove("JOO-17"));
            save(Orders.numbered(46).remove("JOO-17"));
            assertEquals(3, redact(request("JOO-17")).erasedRows());
        }

        @Test
        void aWaitingFileThatNobodyCanReadIsRefused() throws IOException {
            savedAndErasedAtSource("JOO-17");
            Path outbox = Files.createDirectories(directory.resolve("work").resolve("outbox"));
            Files.writeString(outbox.resolve(UUID.randomUUID() + ".properties"), "snapshot=none");
            SnapshotException error = refused(request("JOO-17"));
            assertEquals(SnapshotException.Kind.CONFLICT, error.kind());
            assertTrue(error.getMessage().contains("outbox"), error.getMessage());
        }

        /** The remnant of a process that dies while it takes a delivered entry out of the outbox. */
        @Test
        void whatIsLeftOfADeliveredFileIsRefusedUntilItIsSwept() throws IOException {
            savedAndErasedAtSource("JOO-17");
            SnapshotId id = waiting(Orders.numbered(20));
            Path outbox = directory.resolve("work").resolve("outbox");
            Path rows = outbox.resolve(id + ".rows");
            TwoFiles two = twoFiles(id);
            byte[] file = two.rows();
            byte[] properties = two.properties();
            save(Orders.numbered(45).remove("JOO-17"));
            save(Orders.numbered(46).remove("JOO-17"));
            assertFalse(leftInWorkDirectory(), "the next save delivers the file");
            Files.write(rows, file);
            Files.write(outbox.resolve(id + ".unfinished"), properties);
            RedactionPlan plan = plan(request("JOO-17"));
            assertEquals(
                    List.of(id),
                    plan.waiting().stream()
                            .map(RedactionPlan.WaitingFile::snapshotId)
                            .toList());
            assertEquals(1, plan.waiting().get(0).rows());
            assertEquals(
                    SnapshotException.Kind.CONFLICT, refused(request("JOO-17")).kind());
            List<Recovery> swept = recover();
            assertEquals(
                    List.of(Recovery.Outcome.DELIVERED),
                    swept.stream().map(Recovery::outcome).toList(),
                    "the ledger knows that the snapshot was published");
            assertEquals(List.of(), recover());
            assertFalse(leftInWorkDirectory());
            Files.write(outbox.resolve(id + ".unfinished"), properties);
            assertEquals(List.of(), plan(request("JOO-17")).waiting(), "it has no rows");
            recover();
            assertFalse(leftInWorkDirectory());
            assertEquals(4, redact(request("JOO-17")).erasedRows());
        }

        @Test
        void rowsWithoutADescriptionAreRefusedAndNamed() throws IOException {
            savedAndErasedAtSource("JOO-17");
            SnapshotId id = waiting(Orders.numbered(20).remove("JOO-17"));
            Path outbox = directory.resolve("work").resolve("outbox");
            Path rows = outbox.resolve(id + ".rows");
            Files.write(rows, twoFiles(id).rows());
            Files.delete(outbox.resolve(id + "." + Orders.DATASET.name() + ".entry"));
            Files.writeString(outbox.resolve("notes.txt"), "somebody else's");
            SnapshotException error = refused(request("JOO-17"));
            assertEquals(SnapshotException.Kind.CONFLICT, error.kind());
            assertTrue(error.getMessage().contains(id + ".rows"), error.getMessage());
            List<Recovery> recovered = recover();
            assertEquals(
                    List.of(Recovery.Outcome.DAMAGED),
                    recovered.stream().map(Recovery::outcome).toList());
            assertTrue(Files.exists(outbox.resolve(id + ".rows")), "they are the only copy");
            Files.delete(outbox.resolve(id + ".rows"));
            assertEquals(3, redact(request("JOO-17")).erasedRows());
        }

        /** An entry in the form of earlier releases. */
        private record TwoFiles(byte[] rows, byte[] properties) {}

        /** The footer's last 48 bytes begin with the description's length. */
        private TwoFiles twoFiles(SnapshotId id) throws IOException {
            byte[] entry = Files.readAllBytes(
                    directory.resolve("work").resolve("outbox").resolve(id + "." + Orders.DATASET.name() + ".entry"));
            int end = entry.length - 48;
            int length = (int) ByteBuffer.wrap(entry).getLong(end);
            return new TwoFiles(Arrays.copyOf(entry, end - length), Arrays.copyOfRange(entry, end - length, end));
        }

        /** Saves with an archive that cannot be reached. */
        private SnapshotId waiting(Orders orders) {
            now = now.plusSeconds(60);
            ArchiveStore unreachable =
                    failing("store", 1, SnapshotException.unavailable("down").build());
            SaveRequest request = SaveRequest.of(Orders.DATASET, Partition.ALL)
                    .withArchiveMode(ArchiveMode.BEST_EFFORT)
                    .withConsents(Set.of(Consent.MANY_DELETED));
            return new SaveSnapshot(environment(unreachable))
                    .save(request, orders.source())
                    .snapshot()
                    .id()
                    .orElseThrow();
        }

        @Test
        void whileSavesAreUnfinishedNothingIsErasedUnlessThatIsAccepted() {
            savedAndErasedAtSource("JOO-17");
            SnapshotId id = SnapshotId.random();
            Partition partition = new Partition("OTHER");
            try (WindowWriter writer =
                    window.openWriter(Orders.DATASET, partition, new WriterRequest("test", Duration.ZERO))) {
                writer.begin(new StagingRequest(
                        id,
                        now,
                        Orders.DATASET.hashSpec().id(),
                        Orders.numbered(1).schema()));
            }
            RedactionRequest request = request("JOO-17");
            RedactionPlan.Unarchived begun = plan(request).unarchived().get(0);
            assertEquals(Optional.of(id), begun.snapshot().id());
            assertEquals(OptionalLong.empty(), begun.rows());
            assertTrue(begun.isUnfinished());
            SnapshotException error = refused(request);
            assertEquals(SnapshotException.Kind.CONFLICT, error.kind());
            assertTrue(error.getMessage().contains(id + " of partition 'OTHER'"), error.getMessage());
            assertTrue(error.getMessage().contains("run recovery"), error.getMessage());
            assertEquals(List.of(), plan(request.in(Partition.ALL)).unarchived());
            Set<ArchiveId> newest = Set.of(archive.list(ArchiveQuery.ALL).get(2).id());
            assertEquals(1, redact(request.within(newest)).erasedRows());
            assertEquals(1, redact(request("JOO-16").within(newest)).erasedRows());
            assertEquals(2, redact(request.acceptingUnfinished()).erasedRows());
            assertEquals(
                    List.of(Recovery.Outcome.UNDONE),
                    recover().stream().map(Recovery::outcome).toList());
            assertEquals(List.of(), plan(request).unarchived());
        }

        /** Between the reading of the ledger and that of the outbox. */
        @Test
        void aFileThatIsPutIntoTheOutboxDuringTheSearchIsMet() {
            savedAndErasedAtSource("JOO-17");
            SnapshotEnvironment plain = environment;
            WindowStore saving = (WindowStore) Proxy.newProxyInstance(
                    WindowStore.class.getClassLoader(),
                    new Class<?>[] {WindowStore.class},
                    (proxy, method, arguments) -> {
                        Object result = invoke(method, window, arguments);
                        if (method.getName().equals("unfinished")) {
                            waiting(Orders.numbered(20));
                        }
                        return result;
                    });
            environment = new SnapshotEnvironment(saving, archive, codec, plain.workDirectory(), clock, "test", 16);
            assertEquals(1, plan(request("JOO-17")).waiting().size());
        }
    }

    /** Archives that do not fit the keys or the rules of the request. */
    @Nested
    class ArchivesThatDoNotFit {
        /** A program that wrote the numbers as texts used a form of its own. */
        @Test
        void archivesWhoseKeyHasAnotherTypeAreTold() {
            Dataset dataset = Dataset.of("typed", List.of("CUSTOMER"));
            ArchivedSnapshot texts = archived(dataset, Orders.numbered(4).table());
            Orders numbered = new Orders().column("CUSTOMER", ColumnType.INT64);
            for (int i = 0; i < 3; i++) {
                numbered.put("O" + i, null, 5, null).set("O" + i, "CUSTOMER", i);
            }
            ArchivedSnapshot numbers = archived(dataset, numbered.table());
            RedactionPlan plan = plan(RedactionRequest.of(dataset, keys("GREYSON", "2", "x 2")));
            assertEquals(2, plan.keyTypes().size());
            for (RedactionPlan.Finding finding : plan.archives()) {
                boolean text = finding.archive().id().equals(texts.id());
                assertEquals(List.of(text ? ColumnType.TEXT : ColumnType.INT64), finding.keyTypes());
                assertEquals(text ? 0 : 2, finding.unfitKeys(), "archives " + texts.id() + ", " + numbers.id());
            }
            assertEquals(
                    1,
                    plan(RedactionRequest.of(dataset, keys("1")).within(Set.of(numbers.id())))
                            .keyTypes()
                            .size());
            HashSpec rules = new HashSpec(Map.of("CUSTOMER", ColumnRules.NONE.with(ColumnRules.Flag.TRIM)));
            archived(dataset.withHashSpec(rules), Orders.numbered(4).table());
            assertEquals(
                    Set.of(rules.id(), "hsr1"),
                    Set.copyOf(plan(RedactionRequest.of(dataset.withHashSpec(rules), keys("GREYSON")))
                            .hashSpecs()));
        }

        /** Another program may have hashed by rules, and typed a key column, in a way that today's rules do not fit. */
        @Test
        void anArchiveThatTodaysRulesDoNotFitIsNamedAndDoesNotHideTheOthers() {
            Dataset ruled = Dataset.of("ruled", List.of("CUSTOMER"))
                    .withHashSpec(new HashSpec(Map.of("NOTE", ColumnRules.NONE.with(ColumnRules.Flag.TRIM))));
            ArchivedSnapshot old = archived(ruled, Orders.numbered(1).table());
            Dataset today = Dataset.of("ruled", List.of("CUSTOMER"))
                    .withHashSpec(new HashSpec(Map.of("CUSTOMER", ColumnRules.parse(List.of("scale 2")))));
            RedactionPlan plan = plan(RedactionRequest.of(today, keys("GREYSON")));
            RedactionPlan.Finding finding = plan.archives().get(0);
            assertEquals(old.id(), finding.archive().id());
            assertEquals(Verdict.NOT_SEARCHABLE, finding.verdict());
            assertTrue(
                    finding.remark().orElseThrow().toString().contains("CUSTOMER"),
                    finding.remark().get().toString());
            SnapshotException error = refused(RedactionRequest.of(today, keys("GREYSON")));
            assertTrue(error.getMessage().contains("archive " + old.id()), error.getMessage());
        }

        @Test
        void aDamagedArchiveIsFoundBeforeAnyIsRewritten() {
            List<ArchivedSnapshot> with = savedAndErasedAtSource("JOO-17");
            environment = environment((ArchiveStore) Proxy.newProxyInstance(
                    ArchiveStore.class.getClassLoader(),
                    new Class<?>[] {ArchiveStore.class},
                    (proxy, method, arguments) -> method.getName().equals("findDamage")
                                    && arguments[0].equals(with.get(2).id())
                            ? Optional.of(new Damage(Damage.Kind.DIGEST, "other bytes"))
                            : invoke(method, archive, arguments)));
            SnapshotException error = refused(request("JOO-17"));
            assertEquals(SnapshotException.Kind.CORRUPT, error.kind());
            assertTrue(error.getMessage().contains("archive " + with.get(2).id()), error.getMessage());
            Set<ArchiveId> sound = Set.of(with.get(0).id(), with.get(1).id());
            assertEquals(2, redact(request("JOO-17").within(sound)).erasedRows());
        }

        @Test
        void anArchiveHashedByUnknownRulesIsRefused() {
            savedAndErasedAtSource("JOO-17");
            HashSpec rules = new HashSpec(Map.of("NOTE", ColumnRules.NONE.with(ColumnRules.Flag.TRIM)));
            Dataset ruled = Orders.DATASET.withHashSpec(rules);
            assertEquals(
                    3,
                    plan(RedactionRequest.of(ruled, keys("JOO-17"))).erasable().size(),
                    "plain HSR1 needs no rules");
            ArchivedSnapshot other = save(SaveRequest.of(ruled, Partition.ALL), Orders.numbered(60));
            save(Orders.numbered(61).remove("JOO-59"));
            save(Orders.numbered(62).remove("JOO-59"));
            SnapshotException error = refused(request("JOO-59"));
            assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
            assertTrue(error.getMessage().contains(rules.id()), error.getMessage());
            assertEquals(1, redact(RedactionRequest.of(ruled, keys("JOO-59"))).erasedRows());
            assertEquals(59, rows(other.id()).rowCount());
        }

        @Test
        void anArchiveWhoseHashLeavesOutOtherColumnsIsRewritten() {
            HashSpec rules = new HashSpec(Map.of("NOTE", ColumnRules.NONE.with(ColumnRules.Flag.TRIM)));
            List<ArchivedSnapshot> archives = new ArrayList<>();
            for (HashSpec spec : List.of(rules, rules.leavingOut(List.of()), HashSpec.ALL_COLUMNS)) {
                archives.add(
                        save(SaveRequest.of(Orders.DATASET.withHashSpec(spec), Partition.ALL), Orders.numbered(60)));
            }
            for (int rows = 61; rows < 63; rows++) {
                save(Orders.numbered(rows).remove("JOO-59"));
            }
            Dataset named = Orders.DATASET.withHashSpec(rules.leavingOut(List.of("NOTE")));
            assertEquals(3, redact(RedactionRequest.of(named, keys("JOO-59"))).erasedRows());
            for (ArchivedSnapshot archive : archives) {
                assertEquals(59, rows(archive.id()).rowCount());
            }
        }

        @Test
        void anArchiveWithoutTheKeyColumnIsRefused() {
            savedAndErasedAtSource("JOO-17");
            Dataset other = Dataset.of(Orders.DATASET.name(), List.of("NUMBER"));
            assertEquals(
                    Verdict.NOT_SEARCHABLE,
                    plan(RedactionRequest.of(other, keys("17")))
                            .archives()
                            .get(0)
                            .verdict());
            SnapshotException error = refused(RedactionRequest.of(other, keys("17")));
            assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
            assertTrue(error.getMessage().contains("NUMBER"), error.getMessage());
        }
    }

    /** What a request may ask for. */
    @Nested
    class Requests {
        @Test
        void aReasonThatTellsAKeyIsRefused() {
            savedAndErasedAtSource("JOO-17");
            RedactArchives redaction = new RedactArchives(environment);
            for (String reason : List.of("", "  ", "erase JOO-17", "JOO-17", "(JOO-17), please", "erase joo-17")) {
                SnapshotException error =
                        assertThrows(SnapshotException.class, () -> redaction.apply(request("JOO-17"), reason), reason);
                assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
                assertFalse(error.getMessage().contains("JOO-17"), error.getMessage());
            }
            assertEquals(
                    3, redaction.apply(request("JOO-17"), "request JOO-170").erasedRows());
        }

        @Test
        void oneValueOfAKeyOfSeveralColumnsTellsItUnlessItIsShort() {
            Dataset dataset = Dataset.of("orders_test", List.of("CUSTOMER", "QTY"));
            RowKeys keys = RowKeys.of(2, List.of(List.of(Optional.of("GREYSON"), Optional.of("2026"))));
            RedactArchives redaction = new RedactArchives(environment);
            for (String reason : List.of("GREYSON asked for it", "greyson, 2026")) {
                assertThrows(
                        SnapshotException.class,
                        () -> redaction.apply(RedactionRequest.of(dataset, keys), reason),
                        reason);
            }
            for (String reason : List.of("request 2026-114", "GREYSONS asked")) {
                assertEquals(
                        0,
                        redaction
                                .apply(RedactionRequest.of(dataset, keys), reason)
                                .erasedRows());
            }
            RowKeys years = RowKeys.of(2, List.of(List.of(Optional.of("2025"), Optional.of("2026"))));
            assertThrows(
                    SnapshotException.class,
                    () -> redaction.apply(RedactionRequest.of(dataset, years), "from 2025 to 2026"));
        }

        @Test
        void anotherKeyThanTheArchivesMakesNoRecordThatNobodyCanVerify() {
            savedAndErasedAtSource("JOO-17");
            Dataset other = Dataset.of(Orders.DATASET.name(), List.of("QTY"));
            SnapshotException error = refused(RedactionRequest.of(other, keys("17")));
            assertEquals(SnapshotException.Kind.CORRUPT, error.kind());
            assertTrue(error.getMessage().contains("QTY"), error.getMessage());
            assertFalse(leftInWorkDirectory(), "scratch files are deleted after an error too");
        }

        @Test
        void archivesAndPartitionsCanBeChosen() {
            List<ArchivedSnapshot> with = savedAndErasedAtSource("JOO-17");
            assertEquals(
                    List.of(),
                    plan(request("JOO-17").in(new Partition("OTHER"))).archives());
            RedactionRequest one = request("JOO-17")
                    .in(Partition.ALL)
                    .within(Set.of(with.get(1).id()));
            assertEquals(1, redact(one).rewritten().size());
            assertEquals(
                    List.of(0L, 0L, 1L, 0L, 1L),
                    plan(request("JOO-17")).archives().stream()
                            .map(RedactionPlan.Finding::rows)
                            .toList());
            SnapshotException error = refusedPlan(request("JOO-17").within(Set.of(new ArchiveId(987_654))));
            assertTrue(error.getMessage().contains("987654"), error.getMessage());
            refusedPlan(request("JOO-17")
                    .in(new Partition("OTHER"))
                    .within(Set.of(with.get(0).id())));
        }

        private SnapshotException refusedPlan(RedactionRequest request) {
            SnapshotException error = assertThrows(SnapshotException.class, () -> plan(request));
            assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
            return error;
        }

        @Test
        void keysThatNameNoRowAreRefused() {
            assertEquals(
                    SnapshotException.Kind.INVALID_REQUEST,
                    assertThrows(SnapshotException.class, () -> RowKeys.of(1, List.of()))
                            .kind());
            List<Optional<String>> nothing = List.of(Optional.empty());
            assertThrows(SnapshotException.class, () -> RowKeys.of(1, List.of(nothing)));
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> RowKeys.of(1, List.of(List.of(Optional.of("secret"), Optional.of("other")))));
            assertFalse(error.getMessage().contains("secret"), error.getMessage());
            assertFalse(keys("secret").toString().contains("secret"));
            assertThrows(
                    SnapshotException.class,
                    () -> RedactionRequest.of(Dataset.of("two", List.of("A", "B")), keys("secret")));
        }
    }

    /** Interruptions. */
    @Nested
    class Interruptions {
        /** A killed process leaves its copy of an archive with all rows. */
        @Test
        void whatAKilledRunLeftIsSweptByTheNextThoughItFindsNothing() throws IOException {
            savedAndErasedAtSource("JOO-17");
            for (Runnable next : List.<Runnable>of(() -> redact(request("JOO-99")), () -> recover())) {
                Path left = Files.createDirectories(directory.resolve("work").resolve("scratch-of-the-killed"));
                Files.writeString(left.resolve("archive"), "JOO-17");
                Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(120)));
                next.run();
                assertFalse(leftInWorkDirectory());
            }
        }

        @Test
        void aRunThatWasInterruptedIsRunAgain() {
            List<ArchivedSnapshot> with = savedAndErasedAtSource("JOO-17");
            SnapshotException broken =
                    SnapshotException.unavailable("the connection broke").build();
            environment = environment(failing("redact", 2, broken));
            SnapshotException error = assertThrows(SnapshotException.class, () -> redact(request("JOO-17")));
            assertEquals(broken, error.getCause());
            assertEquals(broken.kind(), error.kind());
            assertTrue(error.getMessage().contains("after 1 of 3 archives"), error.getMessage());
            assertTrue(
                    error.getMessage()
                            .contains(
                                    "rewritten without the rows: " + with.get(0).id() + ")"),
                    error.getMessage());
            assertFalse(leftInWorkDirectory());
            environment = environment(archive);
            assertEquals(
                    1,
                    archive.audit().orElseThrow().redactions(ArchiveQuery.ALL).size());
            byte[] rewritten = bytes(with.get(0).id());
            assertEquals(
                    List.of(with.get(1).id(), with.get(2).id()),
                    redact(request("JOO-17")).rewritten().stream()
                            .map(each -> each.archive().id())
                            .toList());
            assertArrayEquals(rewritten, bytes(with.get(0).id()));
            assertEquals(
                    3,
                    archive.audit().orElseThrow().redactions(ArchiveQuery.ALL).size());
        }

        /** An archive of the same number that another run rewrote between the search and the rewriting. */
        @Test
        void anArchiveThatChangedMeanwhileIsLeftAlone() {
            List<ArchivedSnapshot> with = savedAndErasedAtSource("JOO-17");
            int[] finds = {0};
            SnapshotEnvironment plain = environment;
            ArchiveStore overtaken = (ArchiveStore) Proxy.newProxyInstance(
                    ArchiveStore.class.getClassLoader(),
                    new Class<?>[] {ArchiveStore.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("find") && finds[0]++ == 0) {
                            new RedactArchives(plain)
                                    .apply(
                                            request("JOO-16")
                                                    .within(Set.of(with.get(0).id())),
                                            REASON);
                        }
                        return invoke(method, archive, arguments);
                    });
            environment = environment(overtaken);
            SnapshotException error = assertThrows(SnapshotException.class, () -> redact(request("JOO-17")));
            assertEquals(SnapshotException.Kind.CONFLICT, error.kind());
            environment = plain;
            assertEquals(3, redact(request("JOO-17")).erasedRows());
            assertEquals(38, rows(with.get(0).id()).rowCount());
        }

        @ParameterizedTest
        @EnumSource(Crash.Moment.class)
        void noScratchFileOutlivesARedaction(Crash.Moment moment) {
            savedAndErasedAtSource("JOO-17");
            if (moment == Crash.Moment.BEFORE) {
                environment = environment(failing(
                        "redact", 1, SnapshotException.unavailable("down").build()));
                assertThrows(SnapshotException.class, () -> redact(request("JOO-17")));
            } else {
                redact(request("JOO-17"));
            }
            assertFalse(leftInWorkDirectory());
        }
    }

    // Helpers of the facts

    /** Stores rows as an archive of a snapshot that the window does not know. */
    private ArchivedSnapshot archived(Dataset dataset, Table table) {
        SnapshotId id = new SnapshotId(UUID.randomUUID());
        Path file = directory.resolve("archived-" + id);
        WrittenFile written;
        try (SnapshotWriter writer =
                codec.openWriter(file, table.schema(), Map.of("snapshot.dataset", dataset.name()))) {
            table.batches().forEach(writer::append);
            written = writer.finish();
        }
        return archive.store(ArchiveSubmission.builder(
                        id, dataset.name(), Partition.ALL, START.plusSeconds(archivedFiles++), written)
                .sourceDatabase("TEST")
                .columnCount(table.schema().size())
                .schemaHash(table.schema().hash())
                .hashSpecId(dataset.hashSpec().id())
                .fingerprint(fingerprint(table, dataset))
                .build());
    }

    private static List<List<Optional<String>>> cells(Table table, List<String> columns) {
        List<List<Optional<String>>> rows = new ArrayList<>();
        for (RowBatch batch : table.batches()) {
            for (int row = 0; row < batch.rowCount(); row++) {
                List<Optional<String>> cells = new ArrayList<>();
                for (String column : columns) {
                    int index = batch.schema().indexOf(column);
                    cells.add(
                            batch.vector(index).isNull(row)
                                    ? Optional.empty()
                                    : Optional.of(CellText.of(
                                            batch.schema().column(index).type(), batch.vector(index), row)));
                }
                rows.add(cells);
            }
        }
        return rows;
    }

    private static Table without(Table table, List<String> columns, Set<List<Optional<String>>> keys) {
        // −0 and 0 are one identity with two texts.
        Set<List<Optional<String>>> same = new HashSet<>();
        keys.forEach(key -> same.add(withoutSignOfZero(key)));
        List<List<Optional<String>>> cells = cells(table, columns);
        long[] kept = new long[cells.size()];
        int count = 0;
        for (int row = 0; row < kept.length; row++) {
            if (!same.contains(withoutSignOfZero(cells.get(row)))) {
                kept[count++] = row;
            }
        }
        return table.rowsAt(Arrays.copyOf(kept, count));
    }

    private static List<Optional<String>> withoutSignOfZero(List<Optional<String>> key) {
        return key.stream()
                .map(cell -> cell.map(text -> text.matches("-0(\\.0)?") ? text.substring(1) : text))
                .toList();
    }

    private static Fingerprint fingerprint(Table table, Dataset dataset) {
        RowHasher hasher = RowHasher.of(table.schema(), dataset.hashSpec(), dataset.keyColumns());
        List<byte[]> pairs = new ArrayList<>();
        for (RowBatch batch : table.batches()) {
            KeyedHashes hashes = hasher.hash(batch);
            for (int row = 0; row < hashes.size(); row++) {
                pairs.add(NaiveFingerprint.pair(hashes.identity(row), hashes.hex(row)));
            }
        }
        return NaiveFingerprint.of(pairs);
    }

    private static Object invoke(java.lang.reflect.Method method, Object target, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private List<Recovery> recover() {
        return new RecoverSnapshots(environment).recover(Orders.DATASET, Duration.ZERO);
    }

    private boolean leftInWorkDirectory() {
        try (Stream<Path> walk = Files.walk(directory.resolve("work"))) {
            return walk.anyMatch(Files::isRegularFile);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The archive, failing at the n-th call of a method from 1 on. */
    private ArchiveStore failing(String name, int call, SnapshotException failure) {
        int[] calls = {0};
        return (ArchiveStore) Proxy.newProxyInstance(
                ArchiveStore.class.getClassLoader(),
                new Class<?>[] {ArchiveStore.class, ArchiveRedaction.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals(name) && ++calls[0] == call) {
                        throw failure;
                    }
                    if (method.getName().equals("redaction")) {
                        return Optional.of(proxy);
                    }
                    boolean redacts = method.getDeclaringClass() == ArchiveRedaction.class;
                    return invoke(method, redacts ? archive.redaction().orElseThrow() : archive, arguments);
                });
    }
}
