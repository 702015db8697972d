package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.time.Instant;
import java.util.Optional;

/** A snapshot of the in-memory window: its ledger row, replaced as it comes further, and its rows. Guarded by the store. */
final class StoredSnapshot {
    private final StagedRows rows;
    private WindowSnapshot ledgerRow;

    private StoredSnapshot(WindowSnapshot ledgerRow, StagedRows rows) {
        this.ledgerRow = ledgerRow;
        this.rows = rows;
    }

    static StoredSnapshot begin(InMemoryWindowStore.Place place, StagingRequest request, Instant startedAt) {
        return new StoredSnapshot(
                new WindowSnapshot(
                        Optional.of(request.id()),
                        place.dataset(),
                        place.partition(),
                        request.date(),
                        0,
                        SnapshotState.STAGING,
                        Optional.of(request.hashSpecId()),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(request.schema()),
                        Optional.of(startedAt),
                        Optional.empty()),
                new StagedRows());
    }

    StoredSnapshot copy() {
        return new StoredSnapshot(ledgerRow, rows);
    }

    SnapshotId id() {
        return ledgerRow.id().orElseThrow();
    }

    WindowSnapshot ledgerRow() {
        return ledgerRow;
    }

    StagedRows rows() {
        return rows;
    }

    void seal(long rowCount, Fingerprint fingerprint) {
        replace(rowCount, SnapshotState.STAGED, Optional.of(fingerprint), ledgerRow.archiveId(), Optional.empty());
    }

    void publish(Optional<ArchiveId> archiveId, Instant at) {
        replace(ledgerRow.rowCount(), SnapshotState.CURRENT, ledgerRow.fingerprint(), archiveId, Optional.of(at));
    }

    void retire() {
        replace(
                ledgerRow.rowCount(),
                SnapshotState.PREVIOUS,
                ledgerRow.fingerprint(),
                ledgerRow.archiveId(),
                ledgerRow.publishedAt());
    }

    void link(ArchiveId archiveId) {
        replace(
                ledgerRow.rowCount(),
                ledgerRow.state(),
                ledgerRow.fingerprint(),
                Optional.of(archiveId),
                ledgerRow.publishedAt());
    }

    private void replace(
            long rowCount,
            SnapshotState state,
            Optional<Fingerprint> fingerprint,
            Optional<ArchiveId> archiveId,
            Optional<Instant> publishedAt) {
        ledgerRow = new WindowSnapshot(
                ledgerRow.id(),
                ledgerRow.dataset(),
                ledgerRow.partition(),
                ledgerRow.date(),
                rowCount,
                state,
                ledgerRow.hashSpecId(),
                fingerprint,
                archiveId,
                ledgerRow.schema(),
                ledgerRow.startedAt(),
                publishedAt);
    }
}
