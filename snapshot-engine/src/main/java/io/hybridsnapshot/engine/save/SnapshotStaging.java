package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.WindowChanges;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.engine.comparison.DeltaBasis;
import io.hybridsnapshot.engine.internal.comparison.Comparison;
import io.hybridsnapshot.engine.internal.comparison.SourceSide;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.RowPass;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import io.hybridsnapshot.engine.internal.staging.WholeStaging;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Brings the rows of a snapshot into the window. Where only some rows differ from the current ones, these are staged
 * after the pass over the source. Where all rows are known to be needed, they are staged during the pass. If a foreign
 * statement changes the current rows before the changes are published, all rows are staged again. One thread.
 */
final class SnapshotStaging {
    private final Dataset dataset;
    private final SnapshotId id;
    private final WindowWriter writer;
    private final Comparison comparison;
    private final RowHashing hashing;
    private Optional<ChangeStaging> changes;
    private Optional<SortedKeyedRows> base = Optional.empty();

    private SnapshotStaging(
            SaveRequest request,
            WindowWriter writer,
            Comparison comparison,
            RowHashing hashing,
            Optional<ChangeStaging> changes) {
        this.dataset = request.dataset();
        this.id = request.id();
        this.writer = writer;
        this.comparison = comparison;
        this.hashing = hashing;
        this.changes = changes;
    }

    /**
     * Plans the staging, before the snapshot is entered in the ledger.
     *
     * @param previous the snapshot that this one is compared with
     * @param schema the columns of this one
     */
    static SnapshotStaging of(
            SnapshotEnvironment environment,
            SaveRequest request,
            WindowWriter writer,
            Comparison comparison,
            RowHashing hashing,
            Optional<WindowSnapshot> previous,
            Schema schema) {
        Optional<ChangeStaging> changes = comparison.basis() == DeltaBasis.WHOLE_ROWS
                ? ChangeStaging.of(environment.window(), request.dataset(), writer, previous, schema)
                : Optional.empty();
        return new SnapshotStaging(request, writer, comparison, hashing, changes);
    }

    /** Returns what the pass over the source feeds. */
    RowPass.Receiver receiver() {
        return changes.isPresent() ? (batch, hashes) -> {} : (batch, hashes) -> writer.stage(id, batch, hashes);
    }

    /**
     * Reads the window's rows after the pass. If they are no longer those that the staging was planned with, all rows
     * are staged now.
     */
    void afterPass(SourceSide source) {
        base = changes.flatMap(planned -> comparison.windowRows(hashing));
        if (changes.isPresent() && base.isEmpty()) {
            changes = Optional.empty();
            WholeStaging.stage(writer, id, dataset, dataset.hashSpec(), cells(source), hashing);
        }
    }

    /** Checks whether the window's current rows were found to be those that the ledger's current snapshot published. */
    boolean isAsRecorded() {
        return changes.isPresent();
    }

    /** Returns the comparison in the window's database, which has both sides only where all rows are staged. */
    Optional<Supplier<SnapshotDelta>> inDatabase() {
        return changes.isPresent() ? Optional.empty() : Optional.of(() -> writer.delta(id));
    }

    /** Stages what is not staged yet and seals the snapshot. */
    void seal(RowPass.Rows rows, SourceSide source) {
        if (changes.isPresent()) {
            changes.get()
                    .stage(
                            id,
                            base.orElseThrow(),
                            rows.rows(),
                            rows.inspection().fingerprint(),
                            cells(source),
                            hashing);
        } else {
            writer.seal(id, rows.rows().size(), rows.inspection().fingerprint());
        }
    }

    /** Publishes the sealed snapshot. */
    WindowSnapshot publish(RowPass.Rows rows, SourceSide source, Optional<ArchiveId> archiveId) {
        Optional<WindowChanges> able = writer.changes();
        if (able.isPresent()) {
            Optional<WindowSnapshot> published = able.get().publish(id, archiveId, dataset.keepCount());
            if (published.isPresent()) {
                return published.get();
            }
            WholeStaging.restage(
                    writer, id, dataset, dataset.hashSpec(), rows.inspection().fingerprint(), cells(source), hashing);
        }
        return writer.publish(id, archiveId, dataset.keepCount());
    }

    private static SnapshotReader cells(SourceSide source) {
        return source.cells().orElseThrow();
    }
}
