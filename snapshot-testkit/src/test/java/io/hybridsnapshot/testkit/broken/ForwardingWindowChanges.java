package io.hybridsnapshot.testkit.broken;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.BaseSnapshot;
import io.hybridsnapshot.domain.window.ChangedRows;
import io.hybridsnapshot.domain.window.WindowChanges;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.util.Optional;

/** Changes that are staged correctly. The broken ones override the methods that they break. */
class ForwardingWindowChanges implements WindowChanges {
    final WindowChanges right;

    ForwardingWindowChanges(WindowChanges right) {
        this.right = right;
    }

    @Override
    public Optional<BaseSnapshot> base() {
        return right.base();
    }

    @Override
    public void stage(SnapshotId id, ChangedRows changes) {
        right.stage(id, changes);
    }

    @Override
    public void stageDeleted(SnapshotId id, KeyedHashes former) {
        right.stageDeleted(id, former);
    }

    @Override
    public void seal(SnapshotId id, BaseSnapshot base, DeltaSummary counts, Fingerprint fingerprint) {
        right.seal(id, base, counts, fingerprint);
    }

    @Override
    public Optional<WindowSnapshot> publish(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount) {
        return right.publish(id, archiveId, keepCount);
    }

    @Override
    public void restage(SnapshotId id) {
        right.restage(id);
    }
}
