package io.hybridsnapshot.engine.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.ChangeSet;
import io.hybridsnapshot.domain.archive.ChangeSetSubmission;
import io.hybridsnapshot.domain.archive.Chunks;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.archive.RecordDigest;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.changeset.ChangeSetCounts;
import io.hybridsnapshot.domain.changeset.RowFilter;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotDates;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.RecoverSnapshots;
import io.hybridsnapshot.engine.recovery.Recovery;
import io.hybridsnapshot.engine.save.ArchiveMode;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.testkit.data.FileDigests;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryStatements;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every manipulation of records, bytes and references is found, under its own name. */
class VerifyFindingsTest {
    /** The types that the tests of this class have met. The last check finds missing types by them. */
    private static final Set<FindingType> MET = EnumSet.noneOf(FindingType.class);

    private static int testsRun;

    @TempDir
    Path directory;

    private final TamperedArchiveStore archive = new TamperedArchiveStore();
    private final InMemoryWindowStore window = new InMemoryWindowStore();
    private UnaryOperator<WindowSnapshot> ledger = UnaryOperator.identity();
    private UnaryOperator<KeyedRowStream> windowRows = UnaryOperator.identity();
    private ArchiveHistory history;
    private List<ArchivedSnapshot> saved;

    @BeforeEach
    void saveSix() {
        testsRun++;
        history = new ArchiveHistory(seenWindow(), archive, new InMemorySnapshotCodec(), directory);
        saved = history.saves(6);
    }

    /** Every type is reached. Otherwise the list in the reference would promise a type that no test has seen. */
    @AfterAll
    static void everyTypeIsMet() {
        if (testsRun > 10) {
            assertEquals(EnumSet.allOf(FindingType.class), MET);
        }
    }

    private WindowStore seenWindow() {
        return (WindowStore) Proxy.newProxyInstance(
                WindowStore.class.getClassLoader(), new Class<?>[] {WindowStore.class}, (proxy, method, arguments) -> {
                    Object result;
                    try {
                        result = method.invoke(window, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (method.getName().equals("openRows")) {
                        return windowRows.apply((KeyedRowStream) result);
                    }
                    if (method.getName().equals("find") || method.getName().equals("findCurrent")) {
                        return ((Optional<?>) result).map(found -> ledger.apply((WindowSnapshot) found));
                    }
                    if (method.getName().equals("snapshots")) {
                        return ((List<?>) result)
                                .stream()
                                        .map(found -> ledger.apply((WindowSnapshot) found))
                                        .toList();
                    }
                    return result;
                });
    }

    private ArchivedSnapshot nth(int index) {
        return archive.find(saved.get(index).id()).orElseThrow();
    }

    private void change(int index, Consumer<ArchiveRecord> change) {
        archive.archive(saved.get(index).id(), before -> {
            ArchiveRecord record = new ArchiveRecord(before);
            change.accept(record);
            return record.changed();
        });
    }

    /** Changes a record and makes its digest anew, as a knowledgeable attacker does. */
    private void forge(int index, Consumer<ArchiveRecord> change) {
        change(index, change);
        change(index, record -> {
            ChainLink link = record.link.orElseThrow();
            String digest = RecordDigest.of(record.changed(), link.number(), link.previousDigest());
            record.link = Optional.of(new ChainLink(link.number(), link.previousDigest(), digest));
        });
    }

    private List<Finding> found(VerificationLevel... levels) {
        return found(history.verify(levels));
    }

    private List<Finding> found(VerificationReport report) {
        report.findings().forEach(finding -> MET.add(finding.type()));
        return report.findings();
    }

    private void assertFound(Set<FindingType> expected, VerificationLevel... levels) {
        List<Finding> findings = found(levels);
        Set<FindingType> types = EnumSet.noneOf(FindingType.class);
        findings.forEach(finding -> types.add(finding.type()));
        assertEquals(expected, types, findings.toString());
    }

    // Catalogue

    @Test
    void aChangedFieldOfARecordIsFoundWhateverItIs() {
        List<Consumer<ArchiveRecord>> changes = List.of(
                record -> record.rowCount = OptionalLong.of(7),
                record -> record.size++,
                record -> record.columnCount = OptionalInt.empty(),
                record -> record.schemaHash = Optional.of("0".repeat(64)),
                record -> record.md5 = Optional.of("0".repeat(32)),
                record -> record.sha256 = Optional.of("0".repeat(64)),
                record -> record.hashSpecId = Optional.of("hsr2"),
                record -> record.fingerprint = Optional.of(new Fingerprint("0".repeat(64))),
                record ->
                        record.chunks = new Chunks(OptionalInt.of(10), OptionalInt.of(1), Optional.of("0".repeat(64))),
                record -> record.chunks = new Chunks(OptionalInt.of(10), OptionalInt.empty(), Optional.empty()),
                record -> record.chunks = new Chunks(OptionalInt.empty(), OptionalInt.of(1), Optional.empty()),
                record -> record.chunks = new Chunks(OptionalInt.empty(), OptionalInt.empty(), Optional.of("x")),
                record -> record.date = record.date.plusNanos(1_000),
                record -> record.snapshotId = Optional.of(SnapshotId.random()));
        for (Consumer<ArchiveRecord> change : changes) {
            archive.archives(UnaryOperator.identity());
            change(2, change);
            List<Finding> findings = found();
            assertEquals(1, findings.size(), findings.toString());
            assertEquals(FindingType.RECORD_CHANGED, findings.get(0).type());
            assertEquals(Optional.of(saved.get(2).id()), findings.get(0).archive());
        }
    }

    @Test
    void aRecordWhoseDigestWasForgedNoLongerFitsTheNext() {
        forge(2, record -> record.rowCount = OptionalLong.of(7));
        List<Finding> findings = found();
        assertEquals(1, findings.size(), findings.toString());
        assertEquals(FindingType.LINK_BROKEN, findings.get(0).type());
        assertEquals(Optional.of(saved.get(3).id()), findings.get(0).archive());
        archive.archives(UnaryOperator.identity());
        forge(5, record -> record.rowCount = OptionalLong.of(7));
        assertFound(Set.of(FindingType.HEAD_MISMATCH));
    }

    @Test
    void removedRecordsAreFoundWhereverTheyStood() {
        archive.lose(saved.get(2).id());
        archive.lose(saved.get(3).id());
        List<Finding> findings = found();
        assertEquals(1, findings.size(), findings.toString());
        assertEquals(FindingType.RECORDS_MISSING, findings.get(0).type());
        assertTrue(findings.get(0).detail().startsWith("records 3 to 4 of the chain are missing, after archive 2"));
        archive.lose(saved.get(0).id());
        assertTrue(found().stream().anyMatch(finding -> finding.detail().contains("from the beginning")));
        archive.archives(all -> List.of());
        assertFound(Set.of(FindingType.END_MISSING));
    }

    @Test
    void theLastRecordsAreMissedByTheHead() {
        archive.lose(saved.get(5).id());
        assertFound(Set.of(FindingType.END_MISSING));
        archive.heads(heads -> List.of());
        assertFound(Set.of(FindingType.HEAD_MISMATCH));
        archive.heads(heads -> heads.stream()
                .map(head -> new ChainHead(head.dataset(), head.partition(), 4, head.digest()))
                .toList());
        assertFound(Set.of(FindingType.HEAD_MISMATCH));
    }

    @Test
    void theNewestRecordThatWasRemovedWithItsHeadIsFoundByAnAnchorAndByTheWindow() {
        List<ChainHead> anchor = history.verify().heads();
        archive.lose(saved.get(5).id());
        ChainLink last = nth(4).link().orElseThrow();
        archive.heads(heads -> heads.stream()
                .map(head -> new ChainHead(head.dataset(), head.partition(), last.number(), last.digest()))
                .toList());
        assertFound(Set.of());
        assertFound(Set.of(FindingType.REFERENCE_DANGLING), VerificationLevel.CROSS);
        List<Finding> findings =
                found(history.verify(VerifyRequest.of(Orders.DATASET, Set.of()).withAnchors(anchor)));
        assertEquals(FindingType.CHAIN_ROLLED_BACK, findings.get(0).type());
    }

    @Test
    void aHistoryThatWasRewrittenIsFoundByAnAnchor() {
        ChainLink fourth = nth(3).link().orElseThrow();
        ChainHead anchor = new ChainHead(Orders.DATASET.name(), Partition.ALL, 4, fourth.digest());
        forge(3, record -> record.rowCount = OptionalLong.of(7));
        List<Finding> findings =
                found(history.verify(VerifyRequest.of(Orders.DATASET, Set.of()).withAnchors(List.of(anchor))));
        assertTrue(
                findings.stream().anyMatch(finding -> finding.type() == FindingType.CHAIN_REWRITTEN),
                findings.toString());
        archive.archives(UnaryOperator.identity());
        archive.lose(saved.get(3).id());
        findings =
                found(history.verify(VerifyRequest.of(Orders.DATASET, Set.of()).withAnchors(List.of(anchor))));
        assertTrue(
                findings.stream().anyMatch(finding -> finding.detail().endsWith("nothing is there now")),
                findings.toString());
    }

    @Test
    void anAnchorOfAPartitionThatIsGoneAltogetherIsFound() {
        ChainHead anchor = new ChainHead(Orders.DATASET.name(), new Partition("GONE"), 3, "0".repeat(64));
        ChainHead other = new ChainHead("another", new Partition("GONE"), 3, "0".repeat(64));
        List<Finding> findings =
                found(history.verify(VerifyRequest.of(Orders.DATASET, Set.of()).withAnchors(List.of(anchor, other))));
        assertEquals(1, findings.size());
        assertEquals(FindingType.CHAIN_ROLLED_BACK, findings.get(0).type());
        assertEquals(new Partition("GONE"), findings.get(0).partition());
    }

    @Test
    void anAnchorThatWasRedactedSinceStillHolds() {
        List<ChainHead> anchor = history.verify().heads();
        history.redact(saved.get(5).id(), 2);
        assertEquals(
                List.of(),
                history.verify(VerifyRequest.of(Orders.DATASET, ArchiveHistory.ALL_LEVELS)
                                .withAnchors(anchor))
                        .findings());
    }

    @Test
    void twoRecordsThatSwappedPlacesAreFound() {
        ArchivedSnapshot first = nth(1);
        ArchivedSnapshot second = nth(2);
        change(1, record -> swap(record, second));
        change(2, record -> swap(record, first));
        List<Finding> findings = found();
        assertEquals(
                2,
                findings.stream()
                        .filter(finding -> finding.type() == FindingType.RECORD_CHANGED)
                        .count(),
                findings.toString());
    }

    private static void swap(ArchiveRecord record, ArchivedSnapshot other) {
        record.snapshotId = other.snapshotId();
        record.date = other.date();
        record.rowCount = other.rowCount();
        record.size = other.size();
        record.md5 = other.md5();
        record.sha256 = other.sha256();
        record.fingerprint = other.fingerprint();
        record.link = other.link();
    }

    @Test
    void twoRecordsOfOnePlaceAndPlacesThatAreNoneAreFound() {
        change(
                4,
                record -> record.link =
                        Optional.of(new ChainLink(4, record.link.orElseThrow().previousDigest(), "")));
        assertTrue(found().stream()
                        .filter(finding -> finding.type() == FindingType.POSITION_TAKEN)
                        .count()
                == 2);
        archive.archives(UnaryOperator.identity());
        change(4, record -> record.link = Optional.of(new ChainLink(0, ChainLink.NONE, "")));
        assertTrue(found().stream().anyMatch(finding -> finding.type() == FindingType.POSITION_TAKEN));
    }

    @Test
    void anArchiveOutsideTheChainIsFound() {
        change(5, record -> record.link = Optional.empty());
        assertFound(Set.of(FindingType.ARCHIVE_WITHOUT_LINK, FindingType.END_MISSING));
    }

    @Test
    void aRemovalWithoutAReasonIsAWarning() {
        history.remove(saved.get(1).id());
        assertFound(Set.of());
        archive.tombstones(all -> all.stream()
                .map(tombstone -> new Tombstone(
                        tombstone.archive(), tombstone.removedAt(), tombstone.removedBy(), Optional.empty()))
                .toList());
        List<Finding> findings = found();
        assertEquals(1, findings.size());
        assertEquals(FindingType.REMOVED_BY_HAND, findings.get(0).type());
        assertEquals(Severity.WARNING, findings.get(0).severity());
        archive.tombstones(all -> List.of());
        assertFound(Set.of(FindingType.RECORDS_MISSING));
    }

    @Test
    void redactionsThatDoNotLeadToTheRecordAreFound() {
        history.redact(saved.get(2).id(), 1);
        history.redact(saved.get(2).id(), 1);
        assertFound(Set.of());
        archive.redactions(all -> all.subList(0, 1));
        assertFound(Set.of(FindingType.REDACTION_INCONSISTENT, FindingType.END_MISSING));
        archive.redactions(all -> all.subList(1, 2));
        assertFound(Set.of(FindingType.LINK_BROKEN, FindingType.RECORDS_MISSING));
        archive.redactions(all -> List.of(all.get(0), withReplacedDigest(all.get(1), "0".repeat(64))));
        assertFound(Set.of(FindingType.REDACTION_INCONSISTENT, FindingType.RECORD_CHANGED));
        archive.redactions(UnaryOperator.identity());
        archive.lose(saved.get(2).id());
        assertFound(Set.of(FindingType.REDACTION_INCONSISTENT, FindingType.RECORDS_MISSING));
    }

    private static Redaction withReplacedDigest(Redaction redaction, String digest) {
        return new Redaction(
                redaction.archive(),
                redaction.dataset(),
                redaction.partition(),
                redaction.link(),
                digest,
                redaction.recordDigest(),
                redaction.at(),
                redaction.by(),
                redaction.reason(),
                redaction.erasedRows());
    }

    @Test
    void aRecordThatCannotBeIsAWarning() {
        forge(5, record -> {
            record.size = -1;
            record.rowCount = OptionalLong.of(-4);
            record.date = Instant.parse("2999-01-01T00:00:00Z");
            record.md5 = Optional.of("none");
        });
        List<Finding> findings = found();
        Finding finding = findings.stream()
                .filter(one -> one.type() == FindingType.RECORD_IMPLAUSIBLE)
                .findFirst()
                .orElseThrow();
        assertEquals(
                "its record says -1 bytes, -4 rows, a date that is yet to come, 2999-01-01T00:00:00Z, an MD5 of another"
                        + " form",
                finding.detail());
    }

    @Test
    void recordsThatAreReadWhileSomebodySavesGiveNoFalseAlarm() {
        Orders orders = Orders.numbered(20);
        int[] left = {3};
        archive.beforeListing(() -> {
            if (left[0]-- > 0) {
                history.save(orders.put("JOO-0", "MEANWHILE", left[0], null));
            }
        });
        VerificationReport report = history.verifyAll();
        assertEquals(List.of(), report.findings());
        assertEquals(9, report.coverage().get(0).checked());
        left[0] = 100;
        VerificationReport changing = history.verify();
        assertEquals(List.of(), changing.findings());
        assertEquals(LeftOut.Reason.CHANGING, changing.leftOut().get(0).reason());
        assertEquals(List.of(), changing.heads(), "heads of records that were not checked are no anchor");
    }

    // Digest and content

    /** One small archive in a partition of its own, so that verifying it a thousand times is quick. */
    private VerificationReport verifySmall(VerificationLevel level) {
        return history.verify(VerifyRequest.of(Orders.DATASET, Set.of(level)).in(new Partition("SMALL")));
    }

    private interface FlippedByte {
        void at(int place, byte[] flipped);
    }

    private static void flipEach(byte[] sound, FlippedByte test) {
        for (int place = 0; place < sound.length; place++) {
            byte[] flipped = sound.clone();
            flipped[place] ^= (byte) (1 << place % Byte.SIZE);
            test.at(place, flipped);
        }
    }

    @Test
    void everyFlippedByteIsFoundByDigestAndByContent() {
        ArchivedSnapshot small = history.save(Orders.numbered(2), "SMALL");
        flipEach(archive.bytes(small.id()), (place, flipped) -> {
            archive.bytes(small.id(), flipped);
            for (VerificationLevel level : List.of(VerificationLevel.DIGEST, VerificationLevel.CONTENT)) {
                List<Finding> findings = found(verifySmall(level));
                assertEquals(1, findings.size(), () -> "byte " + place + ": " + findings);
                assertEquals(FindingType.BYTES_CHANGED, findings.get(0).type());
            }
        });
    }

    @Test
    void everyFlippedByteIsFoundInTheContentThoughAllDigestsWereForged() {
        ArchivedSnapshot small = history.save(Orders.numbered(2), "SMALL");
        saved.set(0, small);
        flipEach(archive.bytes(small.id()), (place, flipped) -> {
            archive.bytes(small.id(), flipped);
            archive.archives(UnaryOperator.identity());
            forge(0, record -> {
                record.sha256 = Optional.of(FileDigests.sha256(flipped));
                record.md5 = Optional.of(FileDigests.md5(flipped));
            });
            List<Finding> findings = found(verifySmall(VerificationLevel.CONTENT));
            assertTrue(
                    findings.stream().anyMatch(finding -> finding.type().level() == VerificationLevel.CONTENT),
                    () -> "byte " + place + ": " + findings);
        });
    }

    @Test
    void bytesThatWereCutAppendedOrSwappedAreFound() {
        byte[] sound = archive.bytes(saved.get(0).id());
        for (int length : List.of(0, 1, sound.length - 1, sound.length + 1)) {
            archive.bytes(saved.get(0).id(), Arrays.copyOf(sound, length));
            assertFound(Set.of(FindingType.SIZE_DIFFERS), VerificationLevel.DIGEST);
            assertFound(Set.of(FindingType.SIZE_DIFFERS, FindingType.BYTES_CHANGED), VerificationLevel.CONTENT);
        }
        byte[] other = archive.bytes(saved.get(1).id());
        archive.bytes(saved.get(0).id(), other);
        archive.bytes(saved.get(1).id(), sound);
        List<Finding> findings = found(VerificationLevel.DIGEST);
        assertEquals(2, findings.size(), findings.toString());
    }

    @Test
    void aDamageIsReportedOnceThoughTwoLevelsSeeIt() {
        byte[] flipped = archive.bytes(saved.get(0).id()).clone();
        flipped[9] ^= 1;
        archive.bytes(saved.get(0).id(), flipped);
        assertEquals(
                1, found(VerificationLevel.DIGEST, VerificationLevel.CONTENT).size());
    }

    @Test
    void whatTheDatabaseFindsKeepsItsKind() {
        archive.damage(saved.get(0).id(), new Damage(Damage.Kind.CHUNKS, "chunk 3 is missing"));
        archive.damage(saved.get(1).id(), new Damage(Damage.Kind.NO_DIGEST, "no checksum is stored"));
        List<Finding> findings = found(VerificationLevel.DIGEST);
        assertEquals(
                List.of(FindingType.CHUNKS_DAMAGED, FindingType.NO_DIGEST),
                findings.stream().map(Finding::type).toList());
        assertEquals("chunk 3 is missing", findings.get(0).detail());
    }

    @Test
    void changedBytesOfAChangeSetAreFound() {
        changeSetOf(3);
        assertEquals(List.of(), found(VerificationLevel.DIGEST));
        archive.flipChangeSetByte(saved.get(3).id(), 5);
        List<Finding> findings = found(VerificationLevel.DIGEST);
        assertEquals(
                List.of(FindingType.CHANGE_SET_DAMAGED),
                findings.stream().map(Finding::type).toList());
        assertEquals(Optional.of(saved.get(3).id()), findings.get(0).archive());
    }

    @Test
    void recordsOfChangeSetsAreLinksOfTheChain() {
        changeSetOf(3);
        history.save(Orders.numbered(20));
        assertEquals(List.of(), found(VerificationLevel.CATALOGUE));
        archive.changeSets().orElseThrow().remove(List.of(saved.get(3).id()), "test");
        assertEquals(List.of(), found(VerificationLevel.CATALOGUE));
        archive.changeSetRecords(all -> List.of());
        assertFound(Set.of(FindingType.RECORDS_MISSING), VerificationLevel.CATALOGUE);
        archive.changeSetRecords(all -> all.stream()
                .map(record -> new ChangeSet(
                        record.number(),
                        record.archive(),
                        saved.get(0).id(),
                        record.dataset(),
                        record.partition(),
                        record.date(),
                        record.counts(),
                        record.size(),
                        record.sha256(),
                        record.filterSha256(),
                        record.createdAt(),
                        record.link(),
                        record.removal()))
                .toList());
        assertFound(Set.of(FindingType.RECORD_CHANGED), VerificationLevel.CATALOGUE);
    }

    private void changeSetOf(int index) {
        byte[] bytes = {1, 2, 3, 4, 5, 6, 7, 8};
        Path file = directory.resolve("changes");
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        WrittenFile written =
                new WrittenFile(file, 1, bytes.length, bytes.length, FileDigests.md5(bytes), FileDigests.sha256(bytes));
        ChangeSetSubmission changes = new ChangeSetSubmission(
                saved.get(index - 1).id(), written, new ChangeSetCounts(1, 0, 0, 0), RowFilter.of(List.of()));
        archive.changeSets().orElseThrow().add(saved.get(index).id(), changes);
    }

    @Test
    void anArchiveWithoutItsMarkIsFoundAndMended() {
        archive.forgetMarks();
        archive.archive(
                saved.get(5).id(),
                before -> before.toBuilder()
                        .published(archive.isMarked(before.id()))
                        .build());
        assertFound(Set.of(FindingType.ARCHIVE_NOT_MARKED), VerificationLevel.CROSS);
        List<Recovery> mended = new RecoverSnapshots(history.environment()).recover(Orders.DATASET, Duration.ZERO);
        assertEquals(1, mended.size(), mended::toString);
        assertEquals(Recovery.Outcome.FINISHED, mended.get(0).outcome());
        assertEquals(List.of(), found(VerificationLevel.CROSS));
    }

    @Test
    void aFileOfAnotherSnapshotIsFoundThoughItsDigestsFit() {
        ArchivedSnapshot second = nth(1);
        byte[] other = archive.bytes(second.id());
        archive.bytes(saved.get(0).id(), other);
        forge(0, record -> {
            record.size = other.length;
            record.sha256 = second.sha256();
            record.md5 = second.md5();
            record.fingerprint = second.fingerprint();
        });
        assertFound(Set.of(FindingType.FILE_OF_ANOTHER_SNAPSHOT, FindingType.LINK_BROKEN), VerificationLevel.CONTENT);
    }

    @Test
    void countsSchemaAndFingerprintAreComparedWithTheRows() {
        change(0, record -> record.rowCount = OptionalLong.of(19));
        change(1, record -> record.schemaHash = Optional.of("0".repeat(64)));
        change(2, record -> record.columnCount = OptionalInt.of(5));
        change(3, record -> record.fingerprint = Optional.of(new Fingerprint("0".repeat(64))));
        assertFound(
                Set.of(
                        FindingType.RECORD_CHANGED,
                        FindingType.ROW_COUNT_DIFFERS,
                        FindingType.SCHEMA_DIFFERS,
                        FindingType.FINGERPRINT_DIFFERS),
                VerificationLevel.CONTENT);
    }

    @Test
    void aFileThatCannotBeDecodedIsFoundThoughItsDigestsFit() {
        byte[] nonsense = {1, 2, 3};
        archive.bytes(saved.get(5).id(), nonsense);
        forge(5, record -> {
            record.size = nonsense.length;
            record.sha256 = Optional.of(FileDigests.sha256(nonsense));
            record.md5 = Optional.of(FileDigests.md5(nonsense));
        });
        assertFound(Set.of(FindingType.FILE_UNREADABLE, FindingType.HEAD_MISMATCH), VerificationLevel.CONTENT);
    }

    @Test
    void aFileWhoseKeyIsNotAtHandIsAnErrorAndDoesNotCountAsChecked() {
        SnapshotCodec locked = (SnapshotCodec) Proxy.newProxyInstance(
                SnapshotCodec.class.getClassLoader(),
                new Class<?>[] {SnapshotCodec.class},
                (proxy, method, arguments) -> {
                    ((SeekableBytes) arguments[0]).close();
                    throw SnapshotException.invalidRequest("the file is encrypted with a key that is not at hand")
                            .build();
                });
        VerificationReport report =
                new ArchiveHistory(window, archive, locked, directory).verify(VerificationLevel.CONTENT);
        List<Finding> findings = found(report);
        assertEquals(6, findings.size(), findings.toString());
        assertEquals(FindingType.FILE_NOT_DECODED, findings.get(0).type());
        assertEquals(Severity.ERROR, findings.get(0).severity());
        assertEquals(
                List.of(0L),
                report.coverage().stream()
                        .filter(coverage -> coverage.level() == VerificationLevel.CONTENT)
                        .map(Coverage::checked)
                        .toList());
    }

    @Test
    void anArchiveOfThePipelineGivesNoFalseAlarm() {
        forge(5, ArchiveRecord::byThePipeline);
        archive.heads(heads -> List.of(new ChainHead(
                Orders.DATASET.name(),
                Partition.ALL,
                6,
                nth(5).link().orElseThrow().digest())));
        VerificationReport report = history.verify(VerificationLevel.DIGEST, VerificationLevel.CONTENT);
        assertEquals(List.of(), report.findings());
        assertEquals(LeftOut.Reason.OTHER_WRITER, report.leftOut().get(0).reason());
        byte[] nonsense = {1, 2, 3};
        archive.bytes(saved.get(5).id(), nonsense);
        forge(5, record -> {
            record.size = nonsense.length;
            record.md5 = Optional.of(FileDigests.md5(nonsense));
        });
        archive.heads(heads -> List.of(new ChainHead(
                Orders.DATASET.name(),
                Partition.ALL,
                6,
                nth(5).link().orElseThrow().digest())));
        VerificationReport strange = history.verify(VerificationLevel.CONTENT);
        assertEquals(List.of(), strange.findings());
        assertEquals(LeftOut.Reason.OTHER_FORMAT, strange.leftOut().get(0).reason());
        archive.bytes(saved.get(5).id(), new byte[] {1, 2, 4});
        assertFound(Set.of(FindingType.BYTES_CHANGED), VerificationLevel.CONTENT);
    }

    @Test
    void rowsOfTheWindowThatChangedAreFound() {
        windowRows = rows -> new KeyedRowStream() {
            @Override
            public Optional<KeyedHashes> next() {
                return rows.next().map(batch -> {
                    KeyedHashes changed = new KeyedHashes(batch.size());
                    for (int row = 0; row < batch.size(); row++) {
                        changed.append(
                                batch.identityHigh(row),
                                batch.identityLow(row),
                                batch.hashWord(row, 0) ^ (row == 3 ? 1 : 0),
                                batch.hashWord(row, 1),
                                batch.hashWord(row, 2),
                                batch.hashWord(row, 3));
                    }
                    return changed;
                });
            }

            @Override
            public void close() {
                rows.close();
            }
        };
        assertFound(Set.of(FindingType.WINDOW_ROWS_CHANGED), VerificationLevel.CONTENT);
    }

    // Window against archive

    private void changeLedger(UnaryOperator<WindowSnapshot> change) {
        SnapshotId current = window.findCurrent(Orders.DATASET, Partition.ALL)
                .flatMap(WindowSnapshot::id)
                .orElseThrow();
        ledger = snapshot -> snapshot.id().equals(Optional.of(current)) ? change.apply(snapshot) : snapshot;
    }

    private static WindowSnapshot with(
            WindowSnapshot snapshot,
            long rowCount,
            Optional<String> spec,
            Optional<Fingerprint> fingerprint,
            Optional<Schema> schema) {
        return snapshot.toBuilder()
                .rowCount(rowCount)
                .hashSpecId(spec)
                .fingerprint(fingerprint)
                .schema(schema)
                .build();
    }

    @Test
    void whatTheLedgerSaysIsComparedWithTheArchive() {
        changeLedger(snapshot -> with(
                snapshot,
                snapshot.rowCount() + 1,
                Optional.of("hsr1-0000000000000000"),
                Optional.of(new Fingerprint("0".repeat(64))),
                Optional.of(Orders.numbered(1).dropColumn("NOTE").schema())));
        assertFound(
                Set.of(
                        FindingType.WINDOW_ROW_COUNT_DIFFERS,
                        FindingType.WINDOW_HASH_SPEC_DIFFERS,
                        FindingType.WINDOW_FINGERPRINT_DIFFERS,
                        FindingType.WINDOW_SCHEMA_DIFFERS),
                VerificationLevel.CROSS);
    }

    @Test
    void aRedactedArchiveIsToldApart() {
        history.redact(saved.get(5).id(), 2);
        VerificationReport report = history.verify(VerificationLevel.CROSS);
        assertEquals(List.of(), report.findings());
        assertEquals(LeftOut.Reason.REDACTED, report.leftOut().get(0).reason());
        changeLedger(snapshot -> with(
                snapshot, snapshot.rowCount() + 1, snapshot.hashSpecId(), snapshot.fingerprint(), snapshot.schema()));
        assertFound(Set.of(FindingType.WINDOW_ROW_COUNT_DIFFERS), VerificationLevel.CROSS);
    }

    @Test
    void referencesThatLeadNowhereAreTold() {
        history.remove(saved.get(5).id());
        assertFound(Set.of(FindingType.REFERENCE_TO_REMOVED), VerificationLevel.CROSS);
        archive.archive(saved.get(4).id(), before -> {
            ArchiveRecord record = new ArchiveRecord(before);
            record.snapshotId = Optional.of(new SnapshotId(new UUID(1, 2)));
            return record.changed();
        });
        List<Finding> findings = found(VerificationLevel.CROSS);
        assertTrue(
                findings.stream().anyMatch(finding -> finding.type() == FindingType.REFERENCE_MISPLACED),
                findings.toString());
    }

    @Test
    void aReferenceToAnArchiveThatWasRemovedOnPurposeTellsByWhomAndIsAWarning() {
        history.remove(saved.get(5).id());
        Finding finding = found(VerificationLevel.CROSS).get(0);
        assertEquals(Severity.WARNING, finding.severity());
        assertTrue(
                finding.detail()
                        .matches("the window's snapshot of .* refers to archive 6; archive 6 was removed by \\S+"
                                + " \\(retention of the test\\) on \\d{4}-.*Z"),
                finding.detail());
        assertTrue(finding.nextStep().startsWith("none if the removal was meant"), finding.nextStep());
    }

    @Test
    void aReferenceToAnArchiveThatWasTakenBackIsAnError() {
        history.environment().archive().remove(List.of(saved.get(5).id()), Tombstone.TAKEN_BACK);
        Finding finding = found(VerificationLevel.CROSS).get(0);
        assertEquals(FindingType.REFERENCE_DANGLING, finding.type());
        assertEquals(Severity.ERROR, finding.severity());
        assertTrue(finding.detail().contains("(" + Tombstone.TAKEN_BACK + ")"), finding.detail());
    }

    @Test
    void aSnapshotThatDoesNotKnowItsArchiveIsAWarning() {
        changeLedger(
                snapshot -> snapshot.toBuilder().archiveId(Optional.empty()).build());
        List<Finding> findings = found(VerificationLevel.CROSS);
        assertEquals(1, findings.size(), findings.toString());
        assertEquals(FindingType.REFERENCE_MISSING, findings.get(0).type());
        assertEquals(Severity.WARNING, findings.get(0).severity());
    }

    @Test
    void rowsThatTheWindowTakesForForeignAreOursIfTheyHaveTheDateOfAnArchive() {
        ledger = snapshot -> foreign(snapshot, snapshot.date());
        List<Finding> findings = found(VerificationLevel.CROSS);
        assertEquals(
                Set.of(FindingType.WINDOW_ROWS_NOT_THEIRS),
                findings.stream().map(Finding::type).collect(Collectors.toSet()),
                findings.toString());
        ledger = snapshot -> foreign(snapshot, snapshot.date().plusSeconds(1));
        assertEquals(List.of(), found(VerificationLevel.CROSS));
    }

    private static WindowSnapshot foreign(WindowSnapshot snapshot, Instant date) {
        return snapshot.state() != SnapshotState.CURRENT
                ? snapshot
                : WindowSnapshot.builder(snapshot.dataset(), snapshot.partition(), date, snapshot.state())
                        .rowCount(snapshot.rowCount() - 1)
                        .build();
    }

    @Test
    void anArchiveOfASnapshotThatWasTakenBackIsAnOrphan() {
        WriterRequest request = new WriterRequest("test", Duration.ZERO);
        List<WindowSnapshot> kept = window.snapshots(Orders.DATASET, Optional.of(Partition.ALL));
        try (WindowWriter writer = window.openWriter(Orders.DATASET, Partition.ALL, request)) {
            writer.takeBack(kept.get(0).id().orElseThrow(), kept.get(1).id());
        }
        List<Finding> findings = found(history.verify(VerificationLevel.CROSS));
        assertEquals(
                List.of(FindingType.ARCHIVE_ORPHANED),
                findings.stream().map(Finding::type).toList());
        assertEquals(kept.get(0).archiveId(), findings.get(0).archive());
    }

    @Test
    void aWindowThatWasSetBackIsAWarning() {
        InMemoryWindowStore older = new InMemoryWindowStore();
        ArchiveHistory early = new ArchiveHistory(older, archive, new InMemorySnapshotCodec(), directory);
        early.save(Orders.numbered(3), "SET BACK");
        history.save(Orders.numbered(3).put("X", "x", 1, null), "SET BACK");
        List<Finding> findings = found(early.verify(VerificationLevel.CROSS));
        assertEquals(1, findings.size(), findings.toString());
        assertEquals(FindingType.ARCHIVE_AHEAD_OF_WINDOW, findings.get(0).type());
    }

    @Test
    void errorsComeFirstAndFindingsOfOneArchiveStandTogether() {
        change(4, record -> record.rowCount = OptionalLong.of(-2));
        change(1, record -> record.columnCount = OptionalInt.of(0));
        List<Finding> findings = found();
        assertEquals(
                List.of(Severity.ERROR, Severity.ERROR, Severity.WARNING, Severity.WARNING),
                findings.stream().map(Finding::severity).toList());
        assertEquals(Optional.of(saved.get(1).id()), findings.get(0).archive());
        assertEquals(
                2,
                new ArrayList<>(findings)
                        .stream()
                                .filter(finding -> finding.archive()
                                        .equals(Optional.of(saved.get(4).id())))
                                .count());
    }

    @Test
    void datesOutsideTheYearsOneToNineThousandNineHundredNinetyNineAreErrors() {
        for (Instant date : List.of(
                SnapshotDates.INFINITY,
                SnapshotDates.NEGATIVE_INFINITY,
                Instant.parse("+10000-01-01T00:00:00Z"),
                Instant.parse("0000-12-31T23:59:59.999999Z"))) {
            forge(5, record -> record.date = date);
            List<Finding> findings = found();
            assertTrue(
                    findings.stream().anyMatch(finding -> finding.type() == FindingType.DATE_IMPOSSIBLE),
                    findings.toString());
        }
        ledger = snapshot -> foreign(snapshot, SnapshotDates.INFINITY);
        assertTrue(
                found(VerificationLevel.CROSS).stream()
                        .anyMatch(finding -> finding.type() == FindingType.WINDOW_DATE_IMPOSSIBLE
                                && finding.detail().contains("infinity")),
                "the window's date");
    }

    @Test
    void rowsThatWereDeletedAddedOrRestampedByHandAreFound() {
        List<UUID> identities =
                List.copyOf(window.carriedTexts(Orders.DATASET, Partition.ALL).keySet());
        InMemoryStatements statements = new InMemoryStatements(window);
        statements.stamp(
                Orders.DATASET,
                Partition.ALL,
                identities.subList(0, 1),
                Optional.of(Instant.EPOCH),
                OptionalLong.empty(),
                Optional.empty());
        assertFound(Set.of(FindingType.WINDOW_STAMPS_DIFFER), VerificationLevel.CROSS);
        statements.carry(Orders.DATASET, Partition.ALL, identities.get(3), "CUSTOMER", Optional.of("by hand"));
        assertFound(Set.of(FindingType.WINDOW_STAMPS_DIFFER, FindingType.WINDOW_TEXTS_DIFFER), VerificationLevel.CROSS);
        statements.delete(Orders.DATASET, Partition.ALL, identities.subList(0, 2));
        assertFound(Set.of(FindingType.WINDOW_ROWS_MISSING), VerificationLevel.CROSS);
    }

    @Test
    void filesThatWaitAreCheckedAndOnesThatCannotBeReadAreNoErrorsOfAnotherDataset() throws IOException {
        SnapshotId id = waiting();
        Path file = outboxFile(id);
        byte[] sound = Files.readAllBytes(file);
        assertFound(Set.of(FindingType.ARCHIVE_AWAITED), VerificationLevel.CROSS);
        assertFound(Set.of(), VerificationLevel.DIGEST);

        byte[] rowsChanged = sound.clone();
        rowsChanged[7] ^= 1;
        Files.write(file, rowsChanged);
        assertFound(Set.of(FindingType.ARCHIVE_AWAITED), VerificationLevel.CROSS);
        assertFound(Set.of(FindingType.WAITING_FILE_CHANGED), VerificationLevel.DIGEST);
        Finding changed = found(VerificationLevel.DIGEST).get(0);
        assertEquals(Optional.of(id), changed.snapshot());
        assertEquals(Severity.ERROR, changed.severity());

        byte[] descriptionChanged = sound.clone();
        descriptionChanged[sound.length - 50] ^= 1;
        Files.write(file, descriptionChanged);
        assertFound(Set.of(FindingType.WAITING_FILE_DAMAGED, FindingType.ARCHIVE_AWAITED), VerificationLevel.CROSS);
        assertFound(Set.of(FindingType.WAITING_FILE_DAMAGED), VerificationLevel.DIGEST);
        assertEquals(
                List.of(),
                history.verify(VerifyRequest.of(Dataset.of("another", List.of("ID")), ArchiveHistory.ALL_LEVELS))
                        .findings());
        Files.write(file, sound);

        // A description in the form of earlier releases. In that form only the description names the dataset.
        Path unknown = file.resolveSibling(SnapshotId.random() + ".properties");
        Files.writeString(unknown, "snapshot=none");
        assertFound(Set.of(FindingType.WAITING_FILE_DAMAGED, FindingType.ARCHIVE_AWAITED), VerificationLevel.CROSS);
        assertTrue(found(VerificationLevel.CROSS).stream()
                .anyMatch(finding -> finding.detail().contains("its dataset is not known")
                        && finding.detail().contains(unknown.toString())));

        Files.delete(unknown);
        unreadable(unknown);
        assertFound(Set.of(FindingType.WAITING_FILE_UNREADABLE, FindingType.ARCHIVE_AWAITED), VerificationLevel.CROSS);
        assertTrue(found(VerificationLevel.CROSS).stream().allMatch(finding -> finding.severity() == Severity.WARNING));
    }

    /**
     * A file that no user can read, not even one who may read any file. Where there is no such file, one without
     * permissions.
     */
    private static void unreadable(Path file) throws IOException {
        Path memory = Path.of("/proc/self/mem");
        if (Files.exists(memory)) {
            Files.createSymbolicLink(file, memory);
        } else {
            Files.setPosixFilePermissions(Files.createFile(file), Set.of());
        }
    }

    @Test
    void aSnapshotWhoseFileIsLostIsToldApartFromOneThatWantedNoArchive() throws IOException {
        SaveRequest off = SaveRequest.of(Orders.DATASET, new Partition("OFF")).withArchiveMode(ArchiveMode.OFF);
        new SaveSnapshot(history.environment())
                .save(off, new Orders().put("JOO-1", "OFF", 1, null).source());
        assertFound(Set.of(), VerificationLevel.CROSS);
        SnapshotId id = waiting();
        Files.delete(outboxFile(id));
        assertFound(Set.of(FindingType.AWAITED_ARCHIVE_LOST), VerificationLevel.CROSS);
        Finding lost = found(VerificationLevel.CROSS).get(0);
        assertEquals(Optional.of(id), lost.snapshot());
        assertTrue(lost.detail().contains("outbox"), lost.detail());
        ledger = snapshot -> snapshot.archiveAwaited().isEmpty() ? snapshot : elsewhere(snapshot);
        assertFound(Set.of(FindingType.ARCHIVE_AWAITED), VerificationLevel.CROSS);
        assertTrue(
                found(VerificationLevel.CROSS).get(0).detail().contains("another-host:/srv/snapshots/outbox"),
                "the operator is told where");
    }

    private static WindowSnapshot elsewhere(WindowSnapshot snapshot) {
        return snapshot.toBuilder()
                .archiveAwaited(Optional.of("another-host:/srv/snapshots/outbox"))
                .build();
    }

    /** Two of them are two findings, though neither has an archive. */
    @Test
    void eachWaitingFileThatChangedIsAFinding() throws IOException {
        for (SnapshotId id : List.of(waiting(), waiting())) {
            byte[] bytes = Files.readAllBytes(outboxFile(id));
            bytes[7] ^= 1;
            Files.write(outboxFile(id), bytes);
        }
        assertEquals(2, found(VerificationLevel.DIGEST).size());
    }

    private Path outboxFile(SnapshotId id) {
        return history.environment()
                .workDirectory()
                .resolve("outbox")
                .resolve(id + "." + Orders.DATASET.name() + ".entry");
    }

    /** Saves while the archive cannot be reached. */
    private SnapshotId waiting() {
        ArchiveStore unreachable = (ArchiveStore) Proxy.newProxyInstance(
                ArchiveStore.class.getClassLoader(),
                new Class<?>[] {ArchiveStore.class},
                (proxy, method, arguments) -> {
                    throw SnapshotException.unavailable("the archive cannot be reached")
                            .build();
                });
        SnapshotEnvironment healthy = history.environment();
        SnapshotEnvironment down = new SnapshotEnvironment(
                healthy.window(),
                unreachable,
                healthy.codec(),
                healthy.workDirectory(),
                healthy.clock(),
                healthy.holder(),
                healthy.rowsInMemory());
        SaveRequest bestEffort = SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.BEST_EFFORT);
        return new SaveSnapshot(down)
                .save(bestEffort, Orders.numbered(20).source())
                .snapshot()
                .id()
                .orElseThrow();
    }
}
