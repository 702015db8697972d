package io.hybridsnapshot.app.wiring;

import io.hybridsnapshot.domain.archive.ArchiveAudit;
import io.hybridsnapshot.domain.archive.ArchiveHolds;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveRedaction;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An archive that connects on first use. A save that can do without the archive begins although the archive is down. A
 * command that does not need the archive does not wait for it. Safe to share if the supplier is.
 */
final class DeferredArchiveStore implements ArchiveStore {
    private final Supplier<ArchiveStore> store;

    DeferredArchiveStore(Supplier<ArchiveStore> store) {
        this.store = Objects.requireNonNull(store, "store");
    }

    @Override
    public ArchivedSnapshot store(ArchiveSubmission submission) {
        return store.get().store(submission);
    }

    @Override
    public Optional<ArchivedSnapshot> find(ArchiveId id) {
        return store.get().find(id);
    }

    @Override
    public Optional<ArchivedSnapshot> find(SnapshotId id) {
        return store.get().find(id);
    }

    @Override
    public List<ArchivedSnapshot> list(ArchiveQuery query) {
        return store.get().list(query);
    }

    @Override
    public List<String> datasets() {
        return store.get().datasets();
    }

    @Override
    public SeekableBytes open(ArchiveId id) {
        return store.get().open(id);
    }

    @Override
    public Optional<Damage> findDamage(ArchiveId id) {
        return store.get().findDamage(id);
    }

    @Override
    public List<ArchivedSnapshot> remove(Collection<ArchiveId> ids, String reason) {
        return ids.isEmpty() ? List.of() : store.get().remove(ids, reason);
    }

    @Override
    public List<Tombstone> tombstones(SnapshotId id) {
        return store.get().tombstones(id);
    }

    @Override
    public List<Tombstone> tombstones(ArchiveQuery query) {
        return store.get().tombstones(query);
    }

    @Override
    public String description() {
        return store.get().description();
    }

    @Override
    public Optional<ArchiveHolds> holds() {
        return store.get().holds();
    }

    @Override
    public Optional<ArchiveRedaction> redaction() {
        return store.get().redaction();
    }

    @Override
    public Optional<ArchiveAudit> audit() {
        return store.get().audit();
    }
}
