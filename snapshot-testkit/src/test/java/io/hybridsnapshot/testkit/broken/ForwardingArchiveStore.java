package io.hybridsnapshot.testkit.broken;

import io.hybridsnapshot.domain.archive.ArchiveAudit;
import io.hybridsnapshot.domain.archive.ArchiveHolds;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveRedaction;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchiveTags;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChangeSetStore;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.RedactionSubmission;
import io.hybridsnapshot.domain.archive.TagChange;
import io.hybridsnapshot.domain.archive.TagNote;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** An archive that works correctly. The broken archives override the methods that they break. */
class ForwardingArchiveStore implements ArchiveStore, ArchiveHolds, ArchiveTags, ArchiveRedaction, ArchiveAudit {
    InMemoryArchiveStore right = new InMemoryArchiveStore();

    /** Opens the store again, over the same memory. */
    void reopen() {
        right = right.reopened();
    }

    /** Checks whether the store keeps these bytes anywhere. */
    boolean contains(byte[] bytes) {
        return right.contains(bytes);
    }

    @Override
    public ArchivedSnapshot store(ArchiveSubmission submission) {
        return right.store(submission);
    }

    @Override
    public void publish(ArchiveId id) {
        right.publish(id);
    }

    @Override
    public Optional<ArchivedSnapshot> find(ArchiveId id) {
        return right.find(id);
    }

    @Override
    public Optional<ArchivedSnapshot> find(SnapshotId id) {
        return right.find(id);
    }

    @Override
    public List<ArchivedSnapshot> list(ArchiveQuery query) {
        return right.list(query);
    }

    @Override
    public List<String> datasets() {
        return right.datasets();
    }

    @Override
    public SeekableBytes open(ArchiveId id) {
        return right.open(id);
    }

    @Override
    public Optional<Damage> findDamage(ArchiveId id) {
        return right.findDamage(id);
    }

    @Override
    public List<ArchivedSnapshot> remove(Collection<ArchiveId> ids, String reason) {
        return right.remove(ids, reason);
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
        return right.changeSets();
    }

    @Override
    public ArchivedSnapshot hold(ArchiveId id, Hold hold) {
        return right.hold(id, hold);
    }

    @Override
    public ArchivedSnapshot replaceHold(ArchiveId id, Hold hold) {
        return right.replaceHold(id, hold);
    }

    @Override
    public ArchivedSnapshot release(ArchiveId id, String owner) {
        return right.release(id, owner);
    }

    @Override
    public ArchivedSnapshot release(ArchiveId id) {
        return right.release(id);
    }

    @Override
    public ArchivedSnapshot changeTags(ArchiveId id, TagChange change) {
        return right.changeTags(id, change);
    }

    @Override
    public List<TagNote> tagNotes(ArchiveQuery query) {
        return right.tagNotes(query);
    }

    @Override
    public ArchivedSnapshot redact(RedactionSubmission submission) {
        return right.redact(submission);
    }

    @Override
    public List<Tombstone> tombstones(ArchiveQuery query) {
        return right.tombstones(query);
    }

    @Override
    public List<Redaction> redactions(ArchiveQuery query) {
        return right.redactions(query);
    }

    @Override
    public List<ChainHead> chainHeads(ArchiveQuery query) {
        return right.chainHeads(query);
    }
}
