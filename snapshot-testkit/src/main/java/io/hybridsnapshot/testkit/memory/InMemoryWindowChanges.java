package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.BaseSnapshot;
import io.hybridsnapshot.domain.window.ChangedRows;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowChanges;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.util.Optional;

/** The changes that a writer of an {@link InMemoryWindowStore} stages. Each call is one atomic step of the store. */
final class InMemoryWindowChanges implements WindowChanges {
    private final InMemoryWindowWriter writer;
    private final Dataset dataset;

    InMemoryWindowChanges(InMemoryWindowWriter writer, Dataset dataset) {
        this.writer = writer;
        this.dataset = dataset;
    }

    @Override
    public Optional<BaseSnapshot> base() {
        return writer.step(ledger -> writer.base());
    }

    @Override
    public void stage(SnapshotId id, ChangedRows changes) {
        writer.step(ledger -> {
            StoredSnapshot staged = writer.own(ledger, id, SnapshotState.STAGING);
            staged.rows().add(dataset, changes.rows(), changes.hashes());
            staged.changes().add(changes);
            return id;
        });
    }

    @Override
    public void stageDeleted(SnapshotId id, KeyedHashes former) {
        writer.step(ledger -> {
            writer.own(ledger, id, SnapshotState.STAGING).changes().addDeleted(former);
            return id;
        });
    }

    @Override
    public void seal(SnapshotId id, BaseSnapshot base, DeltaSummary counts, Fingerprint fingerprint) {
        writer.step(ledger -> {
            StoredSnapshot staged = writer.own(ledger, id, SnapshotState.STAGING);
            staged.changes().seal(base, counts);
            staged.seal(counts.after(), fingerprint);
            return id;
        });
    }

    @Override
    public Optional<WindowSnapshot> publish(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount) {
        return writer.publishIfBased(id, archiveId, keepCount);
    }

    @Override
    public void restage(SnapshotId id) {
        writer.step(ledger -> {
            writer.own(ledger, id, SnapshotState.STAGED).restage();
            return id;
        });
    }
}
