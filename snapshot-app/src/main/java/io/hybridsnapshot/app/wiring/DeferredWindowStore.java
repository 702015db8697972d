package io.hybridsnapshot.app.wiring;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.RowStamps;
import io.hybridsnapshot.domain.window.WindowProbe;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A window that connects on first use, so that an archive can be read while the window is down. Safe to share if the
 * supplier is.
 */
final class DeferredWindowStore implements WindowStore {
    private final Supplier<WindowStore> store;

    DeferredWindowStore(Supplier<WindowStore> store) {
        this.store = Objects.requireNonNull(store, "store");
    }

    @Override
    public WindowStore withForeignZone(ZoneId zone) {
        return new DeferredWindowStore(() -> store.get().withForeignZone(zone));
    }

    @Override
    public List<String> datasets() {
        return store.get().datasets();
    }

    @Override
    public void prepare(Dataset dataset) {
        store.get().prepare(dataset);
    }

    @Override
    public WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request) {
        return store.get().openWriter(dataset, partition, request);
    }

    @Override
    public WindowProbe openProbe(Dataset dataset, Partition partition) {
        return store.get().openProbe(dataset, partition);
    }

    @Override
    public Optional<WindowSnapshot> findCurrent(Dataset dataset, Partition partition) {
        return store.get().findCurrent(dataset, partition);
    }

    @Override
    public Optional<WindowSnapshot> find(Dataset dataset, SnapshotId id) {
        return store.get().find(dataset, id);
    }

    @Override
    public List<WindowSnapshot> snapshots(Dataset dataset, Optional<Partition> partition) {
        return store.get().snapshots(dataset, partition);
    }

    @Override
    public List<WindowSnapshot> unfinished(Dataset dataset) {
        return store.get().unfinished(dataset);
    }

    @Override
    public List<WindowSnapshot> undone(Dataset dataset, Optional<Partition> partition) {
        return store.get().undone(dataset, partition);
    }

    @Override
    public KeyedRowStream openRows(Dataset dataset, WindowSnapshot snapshot) {
        return store.get().openRows(dataset, snapshot);
    }

    @Override
    public List<RowStamps> stamps(Dataset dataset, Optional<Partition> partition) {
        return store.get().stamps(dataset, partition);
    }

    @Override
    public Optional<RowStream> openCarried(Dataset dataset, WindowSnapshot snapshot) {
        return store.get().openCarried(dataset, snapshot);
    }

    @Override
    public void linkArchive(Dataset dataset, SnapshotId id, ArchiveId archiveId) {
        store.get().linkArchive(dataset, id, archiveId);
    }

    @Override
    public List<WindowSnapshot> beyond(Dataset dataset, Optional<Partition> partition, int keepCount) {
        return store.get().beyond(dataset, partition, keepCount);
    }

    @Override
    public List<WindowSnapshot> removeBeyond(Dataset dataset, Optional<Partition> partition, int keepCount) {
        return store.get().removeBeyond(dataset, partition, keepCount);
    }

    @Override
    public void sweep(Dataset dataset) {
        store.get().sweep(dataset);
    }
}
