package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ArchiveAudit;
import io.hybridsnapshot.domain.archive.ArchiveHolds;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveRedaction;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchiveTags;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChangeSet;
import io.hybridsnapshot.domain.archive.ChangeSetStore;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.testkit.data.FileDigests;
import io.hybridsnapshot.testkit.memory.ArrayBytes;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * An archive in memory with records and bytes that look as if a user had changed them behind its back. Writes go to the
 * sound archive.
 */
final class TamperedArchiveStore implements ArchiveStore, ArchiveAudit {
    private final InMemoryArchiveStore sound = new InMemoryArchiveStore();
    private final Map<ArchiveId, byte[]> bytes = new HashMap<>();
    private final Map<ArchiveId, Damage> damages = new HashMap<>();
    private final List<ArchiveId> opened = new ArrayList<>();
    private UnaryOperator<List<ArchivedSnapshot>> archives = UnaryOperator.identity();
    private UnaryOperator<List<Tombstone>> tombstones = UnaryOperator.identity();
    private UnaryOperator<List<Redaction>> redactions = UnaryOperator.identity();
    private UnaryOperator<List<ChainHead>> heads = UnaryOperator.identity();
    private UnaryOperator<List<ChangeSet>> changeSetRecords = UnaryOperator.identity();
    private final Set<ArchiveId> marked = new HashSet<>();
    private Runnable beforeListing = () -> {};

    void archives(UnaryOperator<List<ArchivedSnapshot>> change) {
        archives = change;
    }

    /** Changes one record as readers see it. */
    void archive(ArchiveId id, UnaryOperator<ArchivedSnapshot> change) {
        UnaryOperator<List<ArchivedSnapshot>> before = archives;
        archives = all -> before.apply(all).stream()
                .map(archive -> archive.id().equals(id) ? change.apply(archive) : archive)
                .toList();
    }

    /** Hides one record without a trace. */
    void lose(ArchiveId id) {
        UnaryOperator<List<ArchivedSnapshot>> before = archives;
        archives = all -> before.apply(all).stream()
                .filter(archive -> !archive.id().equals(id))
                .toList();
    }

    void tombstones(UnaryOperator<List<Tombstone>> change) {
        tombstones = change;
    }

    void redactions(UnaryOperator<List<Redaction>> change) {
        redactions = change;
    }

    void heads(UnaryOperator<List<ChainHead>> change) {
        heads = change;
    }

    void bytes(ArchiveId id, byte[] tampered) {
        bytes.put(id, tampered);
    }

    /** Sets the result of the database's own check of an archive, regardless of its bytes. */
    void damage(ArchiveId id, Damage damage) {
        damages.put(id, damage);
    }

    /** Sets an event that happens each time before the archives are listed, as if another user caused it. */
    void beforeListing(Runnable event) {
        beforeListing = event;
    }

    List<ArchiveId> opened() {
        return opened;
    }

    byte[] bytes(ArchiveId id) {
        if (bytes.containsKey(id)) {
            return bytes.get(id);
        }
        try (SeekableBytes stored = sound.open(id)) {
            byte[] all = new byte[(int) stored.length()];
            stored.read(0, all, 0, all.length);
            return all;
        }
    }

    @Override
    public ArchivedSnapshot store(ArchiveSubmission submission) {
        return sound.store(submission);
    }

    @Override
    public Optional<ArchivedSnapshot> find(ArchiveId id) {
        return archives.apply(sound.list(ArchiveQuery.ALL)).stream()
                .filter(archive -> archive.id().equals(id))
                .findFirst();
    }

    @Override
    public Optional<ArchivedSnapshot> find(SnapshotId id) {
        return archives.apply(sound.list(ArchiveQuery.ALL)).stream()
                .filter(archive -> archive.snapshotId().equals(Optional.of(id)))
                .findFirst();
    }

    @Override
    public List<ArchivedSnapshot> list(ArchiveQuery query) {
        beforeListing.run();
        return archives.apply(sound.list(ArchiveQuery.ALL)).stream()
                .filter(query::matches)
                .limit(query.limit().orElse(Integer.MAX_VALUE))
                .toList();
    }

    @Override
    public SeekableBytes open(ArchiveId id) {
        opened.add(id);
        return new ArrayBytes("archive " + id, bytes(id));
    }

    @Override
    public Optional<Damage> findDamage(ArchiveId id) {
        if (damages.containsKey(id)) {
            return Optional.of(damages.get(id));
        }
        byte[] stored = bytes(id);
        ArchivedSnapshot archive = find(id).orElseThrow();
        if (stored.length != archive.size()) {
            return Optional.of(new Damage(Damage.Kind.SIZE, stored.length + " bytes, expected " + archive.size()));
        }
        return archive.sha256()
                .filter(expected -> !expected.equals(FileDigests.sha256(stored)))
                .map(expected -> new Damage(Damage.Kind.DIGEST, "SHA-256 differs"));
    }

    @Override
    public List<ArchivedSnapshot> remove(Collection<ArchiveId> ids, String reason) {
        return sound.remove(ids, reason);
    }

    @Override
    public Optional<ArchiveHolds> holds() {
        return sound.holds();
    }

    @Override
    public Optional<ArchiveTags> tags() {
        return sound.tags();
    }

    @Override
    public Optional<ArchiveRedaction> redaction() {
        return sound.redaction();
    }

    @Override
    public Optional<ArchiveAudit> audit() {
        return Optional.of(this);
    }

    @Override
    public void publish(ArchiveId id) {
        marked.add(id);
        sound.publish(id);
    }

    /** Forgets which archives were marked so far. */
    void forgetMarks() {
        marked.clear();
    }

    boolean isMarked(ArchiveId id) {
        return marked.contains(id);
    }

    /** Changes the records of change sets as readers see them. */
    void changeSetRecords(UnaryOperator<List<ChangeSet>> change) {
        changeSetRecords = change;
    }

    @Override
    public Optional<ChangeSetStore> changeSets() {
        return sound.changeSets().map(right -> (ChangeSetStore) Proxy.newProxyInstance(
                ChangeSetStore.class.getClassLoader(),
                new Class<?>[] {ChangeSetStore.class},
                (proxy, method, arguments) -> method.getName().equals("records")
                        ? changeSetRecords.apply(right.records((ArchiveQuery) arguments[0]))
                        : method.invoke(right, arguments)));
    }

    void flipChangeSetByte(ArchiveId id, int position) {
        sound.flipChangeSetByte(id, position);
    }

    @Override
    public List<Tombstone> tombstones(ArchiveQuery query) {
        return tombstones.apply(sound.tombstones(query));
    }

    @Override
    public List<Redaction> redactions(ArchiveQuery query) {
        return redactions.apply(sound.redactions(query));
    }

    @Override
    public List<ChainHead> chainHeads(ArchiveQuery query) {
        return heads.apply(sound.chainHeads(query));
    }
}
