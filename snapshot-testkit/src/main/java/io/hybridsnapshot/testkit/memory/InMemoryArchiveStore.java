package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.Chunks;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.archive.RecordDigest;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.RedactionSubmission;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.testkit.data.FileDigests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * An {@link ArchiveStore} that keeps every file in memory, for tests and trials. Safe to share between threads; every
 * method is atomic. The files are lost when the process ends.
 */
public final class InMemoryArchiveStore implements ArchiveStore {
    private static final String USER = "memory";

    private final Clock clock;
    private final Map<ArchiveId, Archive> archives = new LinkedHashMap<>();
    private final List<Tombstone> tombstones = new ArrayList<>();
    private final List<Redaction> redactions = new ArrayList<>();
    private final Map<ChainName, ChainHead> heads = new LinkedHashMap<>();
    private long lastNumber;

    /** An empty store with the system's clock. */
    public InMemoryArchiveStore() {
        this(Clock.systemUTC());
    }

    /** An empty store that dates its archives by this clock. */
    public InMemoryArchiveStore(Clock clock) {
        this.clock = clock;
    }

    private record Archive(ArchivedSnapshot snapshot, byte[] bytes) {}

    private record ChainName(String dataset, Partition partition) {}

    @Override
    public synchronized ArchivedSnapshot store(ArchiveSubmission submission) {
        Optional<ArchivedSnapshot> known = find(submission.snapshotId());
        if (known.isPresent()) {
            return requireSameRows(known.get(), submission);
        }
        for (Archive archive : archives.values()) {
            ArchivedSnapshot other = archive.snapshot();
            if (other.dataset().equals(submission.dataset())
                    && other.partition().equals(submission.partition())
                    && other.date().equals(submission.date())) {
                throw SnapshotException.conflict("another snapshot of this date is archived")
                        .where(submission.dataset() + ", partition '" + submission.partition() + "', "
                                + submission.date())
                        .actual("archive " + other.id() + " of batch id "
                                + other.snapshotId().map(SnapshotId::toString).orElse("none"))
                        .expected("batch id " + submission.snapshotId())
                        .nextStep("give the snapshot another date")
                        .build();
            }
        }
        byte[] bytes = read(submission.file());
        ArchivedSnapshot snapshot = joined(archived(new ArchiveId(++lastNumber), submission, bytes.length));
        archives.put(snapshot.id(), new Archive(snapshot, bytes));
        return snapshot;
    }

    @Override
    public synchronized Optional<ArchivedSnapshot> find(ArchiveId id) {
        return Optional.ofNullable(archives.get(id)).map(Archive::snapshot);
    }

    @Override
    public synchronized Optional<ArchivedSnapshot> find(SnapshotId id) {
        return archives.values().stream()
                .map(Archive::snapshot)
                .filter(snapshot -> snapshot.snapshotId().equals(Optional.of(id)))
                .findFirst();
    }

    @Override
    public synchronized List<ArchivedSnapshot> list(ArchiveQuery query) {
        return archives.values().stream()
                .map(Archive::snapshot)
                .filter(query::matches)
                .sorted(Comparator.comparing(ArchivedSnapshot::date)
                        .thenComparingLong(snapshot -> snapshot.id().value())
                        .reversed())
                .toList();
    }

    @Override
    public synchronized SeekableBytes open(ArchiveId id) {
        Archive archive = archives.get(id);
        if (archive == null) {
            throw SnapshotException.invalidRequest("no such archive")
                    .actual("archive " + id)
                    .nextStep("'snapshot list' shows the archives")
                    .build();
        }
        return new ArrayBytes("archive " + id, archive.bytes());
    }

    @Override
    public synchronized Optional<Damage> findDamage(ArchiveId id) {
        Archive archive = require(id);
        if (archive.bytes().length != archive.snapshot().size()) {
            return Optional.of(new Damage(
                    Damage.Kind.SIZE,
                    archive.bytes().length + " bytes, expected "
                            + archive.snapshot().size()));
        }
        String sha256 = FileDigests.sha256(archive.bytes());
        return archive.snapshot()
                .sha256()
                .filter(expected -> !expected.equals(sha256))
                .map(expected -> new Damage(Damage.Kind.DIGEST, "SHA-256 " + sha256 + ", expected " + expected));
    }

    @Override
    public synchronized List<ArchivedSnapshot> remove(Collection<ArchiveId> ids, String reason) {
        Instant now = now();
        for (ArchiveId id : ids) {
            Archive archive = archives.get(id);
            if (archive != null) {
                requireNotHeld(archive.snapshot(), now);
            }
        }
        List<ArchivedSnapshot> removed = new ArrayList<>();
        for (ArchiveId id : ids) {
            Archive archive = archives.remove(id);
            if (archive != null) {
                removed.add(archive.snapshot());
                tombstones.add(new Tombstone(archive.snapshot(), now, USER, Optional.of(reason)));
            }
        }
        return removed;
    }

    @Override
    public synchronized ArchivedSnapshot hold(ArchiveId id, Hold hold) {
        return held(requireNoOtherOwner(require(id), hold.owner()), Optional.of(hold));
    }

    @Override
    public synchronized ArchivedSnapshot replaceHold(ArchiveId id, Hold hold) {
        return held(require(id), Optional.of(hold));
    }

    @Override
    public synchronized ArchivedSnapshot release(ArchiveId id, String owner) {
        return held(requireNoOtherOwner(require(id), Optional.of(owner)), Optional.empty());
    }

    private Archive requireNoOtherOwner(Archive archive, Optional<String> owner) {
        Instant now = now();
        archive.snapshot()
                .hold()
                .filter(there -> there.holdsAt(now) && !there.owner().equals(owner))
                .ifPresent(there -> {
                    throw there.against(archive.snapshot().id(), owner);
                });
        return archive;
    }

    @Override
    public synchronized ArchivedSnapshot release(ArchiveId id) {
        return held(require(id), Optional.empty());
    }

    private ArchivedSnapshot held(Archive archive, Optional<Hold> hold) {
        ArchivedSnapshot changed =
                copy(archive.snapshot(), hold, archive.snapshot().link());
        archives.put(changed.id(), new Archive(changed, archive.bytes()));
        return changed;
    }

    @Override
    public synchronized ArchivedSnapshot redact(RedactionSubmission submission) {
        Archive archive = require(submission.archive());
        ArchivedSnapshot before = archive.snapshot();
        Instant now = now();
        requireNotHeld(before, now);
        ChainLink link = before.link().orElseThrow();
        if (!link.digest().equals(submission.replacedDigest())) {
            throw SnapshotException.conflict("the archive is not the one that the redacted file was made from")
                    .where("archive " + before.id())
                    .actual("record digest " + link.digest())
                    .expected(submission.replacedDigest())
                    .nextStep("redact it again")
                    .build();
        }
        byte[] bytes = read(submission.file());
        ArchivedSnapshot rewritten = rewritten(before, submission, bytes.length);
        String recordDigest = RecordDigest.of(rewritten, link.number(), link.previousDigest());
        ArchivedSnapshot after = copy(
                rewritten,
                rewritten.hold(),
                Optional.of(new ChainLink(link.number(), link.previousDigest(), recordDigest)));
        ChainHead head = head(before);
        Redaction open =
                redaction(submission, before, recordDigest, now, new ChainLink(head.number() + 1, head.digest(), ""));
        String digest = RecordDigest.of(open);
        redactions.add(redaction(
                submission, before, recordDigest, now, new ChainLink(head.number() + 1, head.digest(), digest)));
        heads.put(
                new ChainName(before.dataset(), before.partition()),
                new ChainHead(before.dataset(), before.partition(), head.number() + 1, digest));
        archives.put(after.id(), new Archive(after, bytes));
        return after;
    }

    private static Redaction redaction(
            RedactionSubmission submission, ArchivedSnapshot before, String recordDigest, Instant now, ChainLink link) {
        return new Redaction(
                before.id(),
                before.dataset(),
                before.partition(),
                link,
                submission.replacedDigest(),
                recordDigest,
                now,
                USER,
                submission.reason(),
                submission.erasedRows());
    }

    @Override
    public synchronized List<Tombstone> tombstones(ArchiveQuery query) {
        return tombstones.stream()
                .filter(tombstone -> query.matches(tombstone.archive()))
                .sorted(Comparator.comparing(
                                (Tombstone tombstone) -> tombstone.archive().date())
                        .thenComparingLong(tombstone -> tombstone.archive().id().value())
                        .reversed())
                .toList();
    }

    @Override
    public synchronized List<Redaction> redactions(ArchiveQuery query) {
        return redactions.stream()
                .filter(redaction ->
                        query.dataset().map(redaction.dataset()::equals).orElse(true))
                .filter(redaction ->
                        query.partition().map(redaction.partition()::equals).orElse(true))
                .sorted(Comparator.comparingLong(redaction -> redaction.link().number()))
                .toList();
    }

    @Override
    public synchronized List<ChainHead> chainHeads(ArchiveQuery query) {
        return heads.values().stream()
                .filter(head -> query.dataset().map(head.dataset()::equals).orElse(true))
                .filter(head -> query.partition().map(head.partition()::equals).orElse(true))
                .sorted(Comparator.comparing(ChainHead::dataset)
                        .thenComparing(head -> head.partition().name()))
                .toList();
    }

    private ArchivedSnapshot joined(ArchivedSnapshot archive) {
        ChainHead head = head(archive);
        long number = head.number() + 1;
        String digest = RecordDigest.of(archive, number, head.digest());
        heads.put(
                new ChainName(archive.dataset(), archive.partition()),
                new ChainHead(archive.dataset(), archive.partition(), number, digest));
        return copy(archive, archive.hold(), Optional.of(new ChainLink(number, head.digest(), digest)));
    }

    private ChainHead head(ArchivedSnapshot archive) {
        return heads.getOrDefault(
                new ChainName(archive.dataset(), archive.partition()),
                new ChainHead(archive.dataset(), archive.partition(), 0, ChainLink.NONE));
    }

    private Archive require(ArchiveId id) {
        Archive archive = archives.get(id);
        if (archive == null) {
            throw SnapshotException.invalidRequest("no such archive")
                    .actual("archive " + id)
                    .nextStep("'snapshot list' shows the archives")
                    .build();
        }
        return archive;
    }

    private static void requireNotHeld(ArchivedSnapshot archive, Instant now) {
        archive.hold().filter(hold -> hold.holdsAt(now)).ifPresent(hold -> {
            throw SnapshotException.conflict("an archive is held; nothing was changed")
                    .where("archive " + archive.id())
                    .actual(hold)
                    .expected("archives that nobody holds")
                    .nextStep("leave it out, or end the hold")
                    .build();
        });
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static ArchivedSnapshot rewritten(ArchivedSnapshot archive, RedactionSubmission submission, long size) {
        return new ArchivedSnapshot(
                archive.id(),
                archive.snapshotId(),
                archive.dataset(),
                archive.sourceDatabase(),
                archive.partition(),
                archive.date(),
                OptionalLong.of(submission.file().rowCount()),
                size,
                OptionalLong.of(submission.file().uncompressedSize()),
                archive.columnCount(),
                archive.schemaHash(),
                Optional.of(submission.file().md5()),
                Optional.of(submission.file().sha256()),
                archive.hashSpecId(),
                submission.fingerprint(),
                archive.createdAt(),
                archive.retentionUntil(),
                archive.tags(),
                archive.hold(),
                archive.changes(),
                Chunks.NONE,
                archive.link(),
                archive.attempt());
    }

    private static ArchivedSnapshot copy(ArchivedSnapshot archive, Optional<Hold> hold, Optional<ChainLink> link) {
        return new ArchivedSnapshot(
                archive.id(),
                archive.snapshotId(),
                archive.dataset(),
                archive.sourceDatabase(),
                archive.partition(),
                archive.date(),
                archive.rowCount(),
                archive.size(),
                archive.uncompressedSize(),
                archive.columnCount(),
                archive.schemaHash(),
                archive.md5(),
                archive.sha256(),
                archive.hashSpecId(),
                archive.fingerprint(),
                archive.createdAt(),
                archive.retentionUntil(),
                archive.tags(),
                hold,
                archive.changes(),
                archive.chunks(),
                link,
                archive.attempt());
    }

    private static ArchivedSnapshot requireSameRows(ArchivedSnapshot known, ArchiveSubmission submission) {
        if (known.attempt() != submission.attempt()) {
            throw SnapshotException.conflict("the archive holds another attempt at this batch id")
                    .where("archive " + known.id() + ", batch id " + submission.snapshotId())
                    .actual("attempt " + known.attempt())
                    .expected("attempt " + submission.attempt())
                    .nextStep("save it again")
                    .build();
        }
        if (!known.fingerprint().equals(Optional.of(submission.fingerprint()))) {
            throw SnapshotException.conflict("the batch id is archived with other rows")
                    .where("archive " + known.id() + ", batch id " + submission.snapshotId())
                    .actual("fingerprint " + known.fingerprint().orElseThrow())
                    .expected("fingerprint " + submission.fingerprint())
                    .nextStep("save under another batch id")
                    .build();
        }
        return known;
    }

    private static byte[] read(WrittenFile file) {
        byte[] bytes;
        try (InputStream in = file.openBytes()) {
            bytes = in.readAllBytes();
            long size = Files.size(file.file());
            if (size != file.localSize()) {
                throw SnapshotException.corrupt("the file to be archived is not the one that was written")
                        .where(file.file().toString())
                        .actual(size + " bytes")
                        .expected(file.localSize() + " bytes")
                        .nextStep("write the file again")
                        .build();
            }
        } catch (IOException e) {
            throw SnapshotException.unavailable("the file to be archived cannot be read")
                    .where(file.file().toString())
                    .actual(e)
                    .nextStep("check the path and its permissions")
                    .cause(e)
                    .build();
        }
        requireDigest(file, "MD5", FileDigests.md5(bytes), file.md5());
        requireDigest(file, "SHA-256", FileDigests.sha256(bytes), file.sha256());
        return bytes;
    }

    private static void requireDigest(WrittenFile file, String algorithm, String actual, String expected) {
        if (!actual.equals(expected)) {
            throw SnapshotException.corrupt("the file to be archived is not the one that was written")
                    .where(file.file().toString())
                    .actual(algorithm + " " + actual)
                    .expected(expected)
                    .nextStep("write the file again")
                    .build();
        }
    }

    private ArchivedSnapshot archived(ArchiveId id, ArchiveSubmission submission, long size) {
        return new ArchivedSnapshot(
                id,
                Optional.of(submission.snapshotId()),
                submission.dataset(),
                submission.sourceDatabase(),
                submission.partition(),
                submission.date(),
                OptionalLong.of(submission.file().rowCount()),
                size,
                OptionalLong.of(submission.file().uncompressedSize()),
                OptionalInt.of(submission.columnCount()),
                Optional.of(submission.schemaHash()),
                Optional.of(submission.file().md5()),
                Optional.of(submission.file().sha256()),
                Optional.of(submission.hashSpecId()),
                Optional.of(submission.fingerprint()),
                Optional.of(now()),
                submission.retentionUntil(),
                submission.tags(),
                Optional.empty(),
                submission.changes(),
                Chunks.NONE,
                Optional.empty(),
                submission.attempt());
    }
}
