package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
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

/**
 * An {@link ArchiveStore} with none of the capabilities: no holds, no redaction, no chains. It takes all archives for
 * published ones. It hides the capabilities of another store, and shows what a program can do with the smallest one.
 * Safe to share between threads if the other store is.
 */
public final class FilesOnlyArchiveStore implements ArchiveStore {
    private final ArchiveStore store;

    /** An empty store in memory. */
    public FilesOnlyArchiveStore() {
        this(new InMemoryArchiveStore());
    }

    /** The files of another store. */
    public FilesOnlyArchiveStore(ArchiveStore store) {
        this.store = Objects.requireNonNull(store, "store");
    }

    private static ArchivedSnapshot unchained(ArchivedSnapshot archive) {
        return archive.toBuilder().link(Optional.empty()).published(true).build();
    }

    private static Tombstone unchained(Tombstone tombstone) {
        return new Tombstone(
                unchained(tombstone.archive()), tombstone.removedAt(), tombstone.removedBy(), tombstone.reason());
    }

    @Override
    public String description() {
        return "the archive of files alone";
    }

    @Override
    public ArchivedSnapshot store(ArchiveSubmission submission) {
        return unchained(store.store(submission));
    }

    @Override
    public Optional<ArchivedSnapshot> find(ArchiveId id) {
        return store.find(id).map(FilesOnlyArchiveStore::unchained);
    }

    @Override
    public Optional<ArchivedSnapshot> find(SnapshotId id) {
        return store.find(id).map(FilesOnlyArchiveStore::unchained);
    }

    @Override
    public List<ArchivedSnapshot> list(ArchiveQuery query) {
        return store.list(query).stream().map(FilesOnlyArchiveStore::unchained).toList();
    }

    @Override
    public List<String> datasets() {
        return store.datasets();
    }

    @Override
    public SeekableBytes open(ArchiveId id) {
        return store.open(id);
    }

    @Override
    public Optional<Damage> findDamage(ArchiveId id) {
        return store.findDamage(id);
    }

    @Override
    public List<ArchivedSnapshot> remove(Collection<ArchiveId> ids, String reason) {
        return store.remove(ids, reason).stream()
                .map(FilesOnlyArchiveStore::unchained)
                .toList();
    }

    @Override
    public List<Tombstone> tombstones(ArchiveQuery query) {
        return store.tombstones(query).stream()
                .map(FilesOnlyArchiveStore::unchained)
                .toList();
    }
}
