package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.archive.ArchiveAudit;
import io.hybridsnapshot.domain.archive.ArchiveConflicts;
import io.hybridsnapshot.domain.archive.ArchiveHolds;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveRedaction;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchiveTags;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.ChangeSetStore;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.archive.RedactedArchive;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.RedactionSubmission;
import io.hybridsnapshot.domain.archive.TagChange;
import io.hybridsnapshot.domain.archive.TagNote;
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
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An {@link ArchiveStore} that keeps every file in memory, for tests and trials. Safe to share between threads; every
 * method is atomic. The files are lost when the process ends.
 */
public final class InMemoryArchiveStore
        implements ArchiveStore, ArchiveHolds, ArchiveTags, ArchiveRedaction, ArchiveAudit {
    static final String USER = "memory";

    private final Clock clock;
    private final Map<ArchiveId, Archive> archives = new LinkedHashMap<>();
    private final List<Tombstone> tombstones = new ArrayList<>();
    private final List<Redaction> redactions = new ArrayList<>();
    private final List<TagNote> tagNotes = new ArrayList<>();
    private final Map<ChainName, ChainHead> heads = new LinkedHashMap<>();
    private final InMemoryChangeSets changeSets = new InMemoryChangeSets(this);
    private long lastNumber;

    /** An empty store with the system's clock. */
    public InMemoryArchiveStore() {
        this(Clock.systemUTC());
    }

    /** An empty store that dates its archives by this clock. */
    public InMemoryArchiveStore(Clock clock) {
        this.clock = clock;
    }

    /**
     * Returns another store with the same content, as the next process opens it. This store MUST NOT be used
     * afterwards.
     */
    public synchronized InMemoryArchiveStore reopened() {
        InMemoryArchiveStore next = new InMemoryArchiveStore(clock);
        next.archives.putAll(archives);
        next.tombstones.addAll(tombstones);
        next.redactions.addAll(redactions);
        next.tagNotes.addAll(tagNotes);
        next.heads.putAll(heads);
        next.changeSets.takeOver(changeSets);
        next.lastNumber = lastNumber;
        return next;
    }

    /** Flips the lowest bit of one byte of an archive's file, as a faulty disk would. */
    public synchronized void flipByte(ArchiveId id, int position) {
        require(id).bytes()[position] ^= 1;
    }

    /** Flips the lowest bit of one byte of an archive's change set, as a faulty disk would. */
    public synchronized void flipChangeSetByte(ArchiveId id, int position) {
        changeSets.flipByte(id, position);
    }

    /** Checks whether any stored file, change set or filter contains these bytes, one after the other. */
    public synchronized boolean contains(byte[] bytes) {
        return archives.values().stream().anyMatch(archive -> isIn(archive.bytes(), bytes))
                || changeSets.contains(bytes);
    }

    static boolean isIn(byte[] file, byte[] bytes) {
        for (int from = 0; from + bytes.length <= file.length; from++) {
            if (file[from] == bytes[0] && Arrays.equals(file, from, from + bytes.length, bytes, 0, bytes.length)) {
                return true;
            }
        }
        return false;
    }

    private record Archive(ArchivedSnapshot snapshot, byte[] bytes) {}

    private record ChainName(String dataset, Partition partition) {}

    @Override
    public String description() {
        return "the archive in memory";
    }

    @Override
    public Optional<ArchiveHolds> holds() {
        return Optional.of(this);
    }

    @Override
    public Optional<ArchiveTags> tags() {
        return Optional.of(this);
    }

    @Override
    public Optional<ArchiveRedaction> redaction() {
        return Optional.of(this);
    }

    @Override
    public Optional<ArchiveAudit> audit() {
        return Optional.of(this);
    }

    @Override
    public Optional<ChangeSetStore> changeSets() {
        return Optional.of(changeSets);
    }

    @Override
    public synchronized ArchivedSnapshot store(ArchiveSubmission submission) {
        Optional<ArchivedSnapshot> known = find(submission.snapshotId());
        if (known.isPresent()) {
            return ArchiveConflicts.requireSame(submission, known.get());
        }
        for (Archive archive : archives.values()) {
            ArchivedSnapshot other = archive.snapshot();
            if (other.dataset().equals(submission.dataset())
                    && other.partition().equals(submission.partition())
                    && other.date().equals(submission.date())) {
                throw ArchiveConflicts.dateTaken(submission);
            }
        }
        byte[] bytes = read(submission.file());
        Optional<byte[]> changes = submission.changeSet().map(changeSet -> read(changeSet.file()));
        ChainHead head = head(submission.dataset(), submission.partition());
        ArchivedSnapshot snapshot =
                ArchivedSnapshot.of(submission, new ArchiveId(++lastNumber), now(), head).toBuilder()
                        .published(false)
                        .build();
        append(head, snapshot.link().orElseThrow());
        archives.put(snapshot.id(), new Archive(snapshot, bytes));
        changes.ifPresent(
                read -> changeSets.takeWith(snapshot, submission.changeSet().orElseThrow(), read));
        return snapshot;
    }

    @Override
    public synchronized void publish(ArchiveId id) {
        Archive archive = archives.get(id);
        if (archive != null) {
            ArchivedSnapshot marked =
                    archive.snapshot().toBuilder().published(true).build();
            archives.put(id, new Archive(marked, archive.bytes()));
        }
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
                .limit(query.limit().orElse(Integer.MAX_VALUE))
                .toList();
    }

    @Override
    public synchronized List<String> datasets() {
        return archives.values().stream()
                .map(archive -> archive.snapshot().dataset())
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public synchronized SeekableBytes open(ArchiveId id) {
        Archive archive = require(id);
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
        List<ArchivedSnapshot> removed = ids.stream()
                .distinct()
                .map(archives::get)
                .filter(Objects::nonNull)
                .map(Archive::snapshot)
                .toList();
        ArchiveConflicts.requireNotHeld(removed, now);
        for (ArchivedSnapshot archive : removed) {
            tombstones.add(archive.removedBy(USER, now, reason));
            archives.remove(archive.id());
            changeSets.removeOf(archive.id(), now, "archive " + archive.id() + " was removed: " + reason);
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
        ArchivedSnapshot changed = archive.snapshot().toBuilder().hold(hold).build();
        archives.put(changed.id(), new Archive(changed, archive.bytes()));
        return changed;
    }

    @Override
    public synchronized ArchivedSnapshot changeTags(ArchiveId id, TagChange change) {
        Archive archive = require(id);
        ArchivedSnapshot before = archive.snapshot();
        Map<String, String> after = change.appliedTo(id, before.tags());
        tagNotes.addAll(TagChange.notes(before, after, now(), USER));
        ArchivedSnapshot changed = before.toBuilder().tags(after).build();
        archives.put(id, new Archive(changed, archive.bytes()));
        return changed;
    }

    @Override
    public synchronized List<TagNote> tagNotes(ArchiveQuery query) {
        return tagNotes.stream()
                .filter(note -> query.dataset().map(note.dataset()::equals).orElse(true))
                .filter(note -> query.partition().map(note.partition()::equals).orElse(true))
                .sorted(Comparator.comparing(TagNote::at))
                .toList();
    }

    @Override
    public synchronized ArchivedSnapshot redact(RedactionSubmission submission) {
        ArchivedSnapshot before = require(submission.archive()).snapshot();
        ChainHead head = head(before.dataset(), before.partition());
        RedactedArchive after = before.redactedBy(submission, now(), USER, head);
        byte[] bytes = read(submission.file());
        redactions.add(after.redaction());
        append(head, after.redaction().link());
        archives.put(before.id(), new Archive(after.archive(), bytes));
        Instant at = after.redaction().at();
        changeSets.removeOf(before.id(), at, "archive " + before.id() + " was redacted: " + submission.reason());
        return after.archive();
    }

    @Override
    public synchronized List<Tombstone> tombstones(ArchiveQuery query) {
        return tombstones.stream()
                .filter(tombstone -> query.matches(tombstone.archive()))
                .sorted(Comparator.comparing(
                                (Tombstone tombstone) -> tombstone.archive().date())
                        .thenComparingLong(tombstone -> tombstone.archive().id().value())
                        .reversed())
                .limit(query.limit().orElse(Integer.MAX_VALUE))
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

    ChainHead head(String dataset, Partition partition) {
        return heads.getOrDefault(new ChainName(dataset, partition), ChainHead.none(dataset, partition));
    }

    void append(ChainHead head, ChainLink link) {
        heads.put(new ChainName(head.dataset(), head.partition()), head.followedBy(link));
    }

    private Archive require(ArchiveId id) {
        Archive archive = archives.get(id);
        if (archive == null) {
            throw ArchiveConflicts.missing(id);
        }
        return archive;
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    static byte[] read(WrittenFile file) {
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
}
