package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.dataset.RowStampPolicy;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotDates;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.PublishRequest;
import io.hybridsnapshot.domain.window.SealedChanges;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowConflicts;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.Record;

/**
 * The publish of one sealed snapshot, within the writer's transaction and under the exclusive lock of the current
 * table. Rows that stay are not copied; their stamps are updated, unless the dataset stamps versions. Used once; one
 * thread.
 */
final class Publication {
    /**
     * Staged rows below this share of the current ones are sought by key; above it, a hash join reads all current rows.
     * The share is that of the window on PostgreSQL, and was not measured on SQL Server.
     */
    private static final double SEEK_SHARE = 0.1;

    private final SqlServerSession session;
    private final DSLContext dsl;
    private final Ledger ledger;
    private final WindowTables tables;
    private final WindowStatements statements;
    private final PublishStatements writes;
    private final WindowConflicts conflicts;
    private final String dataset;
    private final PublishRequest request;
    private final Partition partition;
    private final SnapshotId id;

    Publication(SqlServerSession session, Ledger ledger, WindowTables tables, PublishRequest request) {
        this.session = session;
        this.dsl = session.dsl();
        this.ledger = ledger;
        this.tables = tables;
        this.statements = new WindowStatements(tables, ledger);
        this.writes = new PublishStatements(tables, ledger);
        this.request = request;
        this.partition = request.partition();
        this.id = request.id();
        this.dataset = tables.dataset().name();
        this.conflicts = new WindowConflicts(dataset, partition);
    }

    /** Publishes the changes or all rows, as they were sealed; empty if the changes have another base than now. */
    Optional<WindowSnapshot> publish() {
        Optional<SealedChanges> changes = ledger.changes(dsl, dataset, id);
        boolean isPublished = changes.isEmpty() ? publishWhole() : publish(changes.get());
        return isPublished ? ledger.entry(dsl, dataset, id).map(Ledger.Entry::snapshot) : Optional.empty();
    }

    // All rows

    private boolean publishWhole() {
        long staged = dsl.fetchSingle(WindowStatements.count(statements.staged(id.value())))
                .get(0, Long.class);
        conflicts.requireAllStaged(id, staged, request.sealed().rowCount());
        Optional<WindowSnapshot> current =
                new CurrentSnapshots(session, ledger, tables, SqlServerSession.Moment.LOCKED).find(partition);
        Optional<Ledger.Published> recorded = ledger.published(dsl, dataset, partition);
        long number = nextNumber();
        Optional<Long> ofStrangers = Optional.empty();
        Optional<PublishStatements.Retired> retired = Optional.empty();
        boolean kept =
                current.isPresent() && current.get().state() != SnapshotState.INCOMPLETE && request.keepsPrevious();
        endCurrent(recorded, kept && !current.get().isForeign());
        if (kept && current.get().isForeign()) {
            ofStrangers = Optional.of(number);
            retired = Optional.of(retire(current.get(), number));
            number++;
        } else if (kept) {
            // Rows that a foreign statement changed, or that an upgrade left without a number, are this snapshot's.
            ofStrangers = recorded.map(published -> published.entry().published());
        }
        endBeyond();
        Long newestPrevious =
                dsl.fetchSingle(ledger.newestPrevious(dataset, partition)).get(0, Long.class);
        if (newestPrevious != null) {
            dsl.execute(writes.keepAll(partition, ofStrangers, retired, newestPrevious, number));
        }
        dsl.execute(writes.removeCurrent(partition, Optional.empty()));
        if (dsl.execute(writes.insert(request.sealed(), number, request.archiveId(), false))
                != request.sealed().rowCount()) {
            throw conflicts.repeatedIdentity(id, null);
        }
        finish(number, StateToken.of(session, statements, partition));
        return true;
    }

    private long nextNumber() {
        return dsl.fetchSingle(ledger.nextNumber(dataset, partition)).get(0, Long.class);
    }

    /** Takes the ledger's current snapshot out of its place. */
    private void endCurrent(Optional<Ledger.Published> recorded, boolean isKept) {
        recorded.map(published -> published.entry().id())
                .ifPresent(current -> dsl.execute(
                        isKept
                                ? ledger.retire(dataset, current)
                                : ledger.end(dataset, current, SnapshotState.REMOVED)));
    }

    private PublishStatements.Retired retire(WindowSnapshot foreign, long number) {
        UUID batch = SnapshotId.random().value();
        Instant date = SnapshotDates.ofRetired(foreign.date(), request.sealed().date());
        dsl.execute(ledger.retireForeign(dataset, foreign, batch, date, number));
        // Rows in local time get the date that their snapshot has.
        boolean isLocal = tables.foreignZone().isPresent();
        return new PublishStatements.Retired(batch, foreign.rowCount(), isLocal ? Optional.of(date) : Optional.empty());
    }

    // Changes

    private boolean publish(SealedChanges changes) {
        Optional<Ledger.Published> base = ledger.published(dsl, dataset, partition)
                .filter(current -> current.entry().id().equals(changes.base().snapshot()))
                .filter(current ->
                        current.carriedColumns().equals(tables.dataset().carriedColumns()));
        if (base.isEmpty()) {
            return false;
        }
        StateToken state = StateToken.of(session, statements, partition);
        if (!state.is(changes.base().token())) {
            return false;
        }
        Record staged = dsl.fetchSingle(writes.stagedCounts(id.value()));
        requireApplied(ChangeKind.NEW, staged.get("rows_new", Long.class), changes.added());
        requireApplied(ChangeKind.CHANGED, staged.get("rows_changed", Long.class), changes.changed());
        requireApplied(ChangeKind.DELETED, staged.get("rows_deleted", Long.class), changes.deleted());
        long number = nextNumber();
        endCurrent(base, request.keepsPrevious());
        endBeyond();
        apply(changes, number, state.rows());
        if (tables.dataset().rowStamps() == RowStampPolicy.SNAPSHOT) {
            requireApplied(
                    ChangeKind.UNCHANGED,
                    dsl.execute(writes.stampAll(request.sealed(), request.archiveId())),
                    request.sealed().rowCount() - changes.added() - changes.changed());
        }
        BigInteger replaced = StateToken.sum(staged, "replaced");
        BigInteger brought = StateToken.sum(staged, "brought");
        finish(
                number,
                state.after(session, statements, partition, request.sealed().rowCount(), replaced, brought));
        return true;
    }

    private void requireApplied(ChangeKind kind, long applied, long sealedCount) {
        conflicts.requireAllApplied(id, kind, applied, sealedCount);
    }

    private void apply(SealedChanges changes, long number, long rows) {
        PublishStatements.Plan plan =
                changes.replaced() < SEEK_SHARE * rows ? PublishStatements.Plan.SEEK : PublishStatements.Plan.SCAN;
        if (request.keepsPrevious() && changes.replaced() > 0) {
            long kept = dsl.execute(writes.keepReplaced(id.value(), partition, number, plan));
            requireApplied(ChangeKind.CHANGED, kept - changes.deleted(), changes.changed());
        }
        if (changes.changed() > 0) {
            int updated = dsl.execute(writes.updateChanged(
                    request.sealed(), number, request.archiveId(), tables.othersInCurrent(session), plan));
            requireApplied(ChangeKind.CHANGED, updated, changes.changed());
        }
        if (changes.deleted() > 0) {
            int gone = dsl.execute(writes.deleteGone(id.value(), partition, plan));
            requireApplied(ChangeKind.DELETED, gone, changes.deleted());
        }
        if (changes.added() > 0) {
            requireApplied(
                    ChangeKind.NEW,
                    dsl.execute(writes.insert(request.sealed(), number, request.archiveId(), true)),
                    changes.added());
        }
    }

    // Both

    /** Hides the previous snapshots beyond the keep count from readers. Their versions are removed afterwards. */
    private void endBeyond() {
        List<Ledger.Entry> previous = ledger.entries(dsl, dataset, Optional.of(partition), SnapshotState.PREVIOUS);
        request.beyond(previous).forEach(entry -> SqlServerWindowStore.endPrevious(session, ledger, entry.snapshot()));
    }

    private void finish(long number, StateToken state) {
        dsl.execute(ledger.publish(
                dataset, id, request.archiveId(), tables.dataset().carriedColumns(), number, state.text()));
    }
}
