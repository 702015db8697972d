package io.hybridsnapshot.testkit.broken;

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
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** A window store that works correctly. The broken stores override the methods that they break. */
class ForwardingWindowStore implements WindowStore {
    final InMemoryWindowStore right = new InMemoryWindowStore();

    @Override
    public WindowStore withForeignZone(ZoneId zone) {
        return right.withForeignZone(zone);
    }

    @Override
    public List<String> datasets() {
        return right.datasets();
    }

    @Override
    public void prepare(Dataset dataset) {
        right.prepare(dataset);
    }

    @Override
    public WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request) {
        return right.openWriter(dataset, partition, request);
    }

    @Override
    public WindowProbe openProbe(Dataset dataset, Partition partition) {
        return right.openProbe(dataset, partition);
    }

    @Override
    public Optional<WindowSnapshot> findCurrent(Dataset dataset, Partition partition) {
        return right.findCurrent(dataset, partition);
    }

    @Override
    public Optional<WindowSnapshot> findAddedTo(Dataset dataset, Partition partition) {
        return right.findAddedTo(dataset, partition);
    }

    @Override
    public Optional<WindowSnapshot> find(Dataset dataset, SnapshotId id) {
        return right.find(dataset, id);
    }

    @Override
    public List<WindowSnapshot> snapshots(Dataset dataset, Optional<Partition> partition) {
        return right.snapshots(dataset, partition);
    }

    @Override
    public List<WindowSnapshot> unfinished(Dataset dataset) {
        return right.unfinished(dataset);
    }

    @Override
    public List<WindowSnapshot> undone(Dataset dataset, Optional<Partition> partition) {
        return right.undone(dataset, partition);
    }

    @Override
    public KeyedRowStream openRows(Dataset dataset, WindowSnapshot snapshot) {
        return right.openRows(dataset, snapshot);
    }

    @Override
    public List<RowStamps> stamps(Dataset dataset, Optional<Partition> partition) {
        return right.stamps(dataset, partition);
    }

    @Override
    public Optional<RowStream> openCarried(Dataset dataset, WindowSnapshot snapshot) {
        return right.openCarried(dataset, snapshot);
    }

    @Override
    public void linkArchive(Dataset dataset, SnapshotId id, ArchiveId archiveId) {
        right.linkArchive(dataset, id, archiveId);
    }

    @Override
    public List<WindowSnapshot> beyond(Dataset dataset, Optional<Partition> partition, int keepCount) {
        return right.beyond(dataset, partition, keepCount);
    }

    @Override
    public List<WindowSnapshot> removeBeyond(Dataset dataset, Optional<Partition> partition, int keepCount) {
        return right.removeBeyond(dataset, partition, keepCount);
    }
}
