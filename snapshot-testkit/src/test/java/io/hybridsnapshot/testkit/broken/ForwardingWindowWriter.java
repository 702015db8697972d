package io.hybridsnapshot.testkit.broken;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowChanges;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import java.util.List;
import java.util.Optional;

/** A writer that works correctly. The broken writers override the methods that they break. */
class ForwardingWindowWriter implements WindowWriter {
    final WindowWriter right;

    ForwardingWindowWriter(WindowWriter right) {
        this.right = right;
    }

    @Override
    public Optional<WindowSnapshot> current() {
        return right.current();
    }

    @Override
    public List<WindowSnapshot> unfinished() {
        return right.unfinished();
    }

    @Override
    public Optional<WindowSnapshot> recorded() {
        return right.recorded();
    }

    @Override
    public void takeBack(SnapshotId current, Optional<SnapshotId> predecessor) {
        right.takeBack(current, predecessor);
    }

    @Override
    public int begin(StagingRequest request) {
        return right.begin(request);
    }

    @Override
    public void stage(SnapshotId id, RowBatch rows, KeyedHashes hashes) {
        right.stage(id, rows, hashes);
    }

    @Override
    public SnapshotDelta delta(SnapshotId id) {
        return right.delta(id);
    }

    @Override
    public void seal(SnapshotId id, long rowCount, Fingerprint fingerprint) {
        right.seal(id, rowCount, fingerprint);
    }

    @Override
    public WindowSnapshot publish(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount) {
        return right.publish(id, archiveId, keepCount);
    }

    @Override
    public Optional<WindowChanges> changes() {
        return right.changes();
    }

    @Override
    public void discard(SnapshotId id) {
        right.discard(id);
    }

    @Override
    public void close() {
        right.close();
    }
}
