package io.hybridsnapshot.app.wiring;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An archive that is reached when it is first used: a save that can do without it begins although it is down, and a command that does
 * not need it does not wait for it. Safe to share if the supplier is.
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
    public SeekableBytes open(ArchiveId id) {
        return store.get().open(id);
    }

    @Override
    public List<ArchivedSnapshot> remove(Collection<ArchiveId> ids) {
        return ids.isEmpty() ? List.of() : store.get().remove(ids);
    }
}
