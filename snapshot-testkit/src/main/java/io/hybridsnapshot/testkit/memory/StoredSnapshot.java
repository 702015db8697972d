package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.RowStamps;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A snapshot of the in-memory window: its rows and its ledger row, which is replaced at each change of state. Guarded
 * by the store.
 */
final class StoredSnapshot {
    private StagedRows rows;
    private WindowSnapshot ledgerRow;
    private final Map<UUID, Stamps> restamped = new HashMap<>();
    private Optional<String> archiveAwaited = Optional.empty();
    private StagedChanges changes = new StagedChanges();
    private String publishedToken = "";

    /** The stamps of a row. */
    record Stamps(Instant date, long rowCount, Optional<ArchiveId> archive) {
        static Stamps of(WindowSnapshot snapshot) {
            return new Stamps(snapshot.date(), snapshot.rowCount(), snapshot.archiveId());
        }
    }

    private StoredSnapshot(WindowSnapshot ledgerRow, StagedRows rows) {
        this.ledgerRow = ledgerRow;
        this.rows = rows;
    }

    static StoredSnapshot begin(
            InMemoryWindowStore.Place place, StagingRequest request, Instant startedAt, int attempt) {
        return new StoredSnapshot(
                WindowSnapshot.builder(place.dataset(), place.partition(), request.date(), SnapshotState.STAGING)
                        .id(Optional.of(request.id()))
                        .rowCount(0)
                        .hashSpecId(Optional.of(request.hashSpecId()))
                        .schema(Optional.of(request.schema()))
                        .startedAt(Optional.of(startedAt))
                        .attempt(attempt)
                        .build(),
                new StagedRows());
    }

    /** The rows that a foreign writer wrote into a partition. They stay current until a snapshot is published. */
    static StoredSnapshot foreign(InMemoryWindowStore.Place place, Instant date, StagedRows rows) {
        return new StoredSnapshot(foreignRow(Optional.empty(), place, date, rows.size(), SnapshotState.CURRENT), rows);
    }

    /** This snapshot as a previous one, under an id assigned by the window. */
    StoredSnapshot retiredForeign(InMemoryWindowStore.Place place) {
        return new StoredSnapshot(
                foreignRow(
                        Optional.of(SnapshotId.random()),
                        place,
                        ledgerRow.date(),
                        ledgerRow.rowCount(),
                        SnapshotState.PREVIOUS),
                rows);
    }

    private static WindowSnapshot foreignRow(
            Optional<SnapshotId> id,
            InMemoryWindowStore.Place place,
            Instant date,
            long rowCount,
            SnapshotState state) {
        return WindowSnapshot.builder(place.dataset(), place.partition(), date, state)
                .id(id)
                .rowCount(rowCount)
                .build();
    }

    StoredSnapshot copy() {
        StoredSnapshot copy = new StoredSnapshot(ledgerRow, rows);
        copy.archiveAwaited = archiveAwaited;
        copy.publishedToken = publishedToken;
        return copy;
    }

    /** A copy of this snapshot that counts as incomplete: some or all of its rows are missing. */
    StoredSnapshot incompleteCopy() {
        return new StoredSnapshot(ledgerRow.in(SnapshotState.INCOMPLETE), rows);
    }

    /** Whether a foreign writer made it and the window gave it its id. */
    boolean isRetiredForeign() {
        return ledgerRow.hashSpecId().isEmpty() && ledgerRow.startedAt().isEmpty();
    }

    /** Keeps some of the rows only, as a DELETE that knows no ledger. */
    void keepRows(Predicate<UUID> stays) {
        rows = rows.where(stays);
    }

    /** Gives a row other stamps, as an UPDATE that knows no ledger. */
    void restamp(UUID identity, UnaryOperator<Stamps> change) {
        restamped.put(identity, change.apply(stamps(identity)));
    }

    private Stamps stamps(UUID identity) {
        return restamped.getOrDefault(identity, Stamps.of(ledgerRow));
    }

    /** The stamps of the rows, compared with the ledger. */
    RowStamps rowStamps(long strangers) {
        Stamps expected = Stamps.of(ledgerRow);
        long dates = 0;
        long counts = 0;
        long archives = 0;
        Set<Optional<ArchiveId>> named = new HashSet<>();
        for (KeyedHashes batch : rows.hashes()) {
            for (int row = 0; row < batch.size(); row++) {
                Stamps actual = stamps(batch.identity(row));
                dates += actual.date().equals(expected.date()) ? 0 : 1;
                counts += actual.rowCount() == expected.rowCount() ? 0 : 1;
                archives += actual.archive().equals(expected.archive()) ? 0 : 1;
                named.add(actual.archive());
            }
        }
        return new RowStamps(
                ledgerRow,
                rows.size(),
                strangers,
                dates,
                counts,
                archives,
                named.size() == 1 ? named.iterator().next() : Optional.empty());
    }

    StagedChanges changes() {
        return changes;
    }

    /** The state of the rows as they are now. */
    String token() {
        return rows.size() + " rows, hashes " + rows.hashesByIdentity().hashCode() + ", texts "
                + rows.carriedTexts().hashCode();
    }

    /** Whether the rows are those that were published. */
    boolean isAsPublished() {
        return token().equals(publishedToken);
    }

    /** Removes what is staged of a sealed snapshot, to be staged again. */
    void restage() {
        rows = new StagedRows();
        changes = new StagedChanges();
        replace(0, SnapshotState.STAGING, ledgerRow.fingerprint(), ledgerRow.archiveId(), Optional.empty());
    }

    /** Takes all rows of the snapshot in the place of its staged changes. */
    void replaceRows(StagedRows all) {
        rows = all;
        changes = new StagedChanges();
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

    /** Takes the snapshot out of the window. Its rows are deleted; its ledger row stays. */
    void end(SnapshotState state) {
        rows = new StagedRows();
        ledgerRow = ledgerRow.toBuilder()
                .state(state)
                .schema(Optional.empty())
                .archiveAwaited(archiveAwaited)
                .build();
    }

    /** Makes the snapshot the current one again. */
    void bringBack() {
        ledgerRow = ledgerRow.in(SnapshotState.CURRENT);
    }

    void seal(long rowCount, Fingerprint fingerprint) {
        replace(rowCount, SnapshotState.STAGED, Optional.of(fingerprint), ledgerRow.archiveId(), Optional.empty());
    }

    void await(String where) {
        archiveAwaited = Optional.of(where);
        replace(
                ledgerRow.rowCount(),
                ledgerRow.state(),
                ledgerRow.fingerprint(),
                ledgerRow.archiveId(),
                ledgerRow.publishedAt());
    }

    void publish(Optional<ArchiveId> archiveId, Instant at) {
        publishedToken = token();
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
        restamped.replaceAll(
                (identity, stamps) -> new Stamps(stamps.date(), stamps.rowCount(), Optional.of(archiveId)));
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
        ledgerRow = ledgerRow.toBuilder()
                .rowCount(rowCount)
                .state(state)
                .fingerprint(fingerprint)
                .archiveId(archiveId)
                .publishedAt(publishedAt)
                .archiveAwaited(archiveAwaited)
                .build();
    }
}
