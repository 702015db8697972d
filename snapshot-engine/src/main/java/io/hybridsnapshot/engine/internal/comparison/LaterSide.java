package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.comparison.ChangeDetails;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import io.hybridsnapshot.engine.pass.Progress;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Rows that have been read from a source, as the later side of a comparison with the window's current snapshot.
 *
 * @param source the source of the rows
 * @param stream the stream that has read them, which may add a remark
 * @param rows identities and hashes under the dataset's spec
 * @param comparedRows identities and hashes under the comparison's spec
 * @param cells opens the file with their cells, which exists if cells are wanted
 */
public record LaterSide(
        RowSource source,
        RowStream stream,
        SortedKeyedRows rows,
        SortedKeyedRows comparedRows,
        Supplier<SnapshotReader> cells) {

    /**
     * Reports the changes since the earlier side.
     *
     * @param inDatabase the join by the window's hashes
     * @param details the wanted details beyond the counts
     */
    public DeltaReport reportSince(
            EarlierSide earlier,
            RowHashing hashing,
            Supplier<SnapshotDelta> inDatabase,
            Optional<DetailRequest> details,
            Progress progress) {
        progress.at(Progress.Step.COMPARING, 0);
        SnapshotDelta delta = earlier.delta(comparedRows, cells, hashing, inDatabase);
        DeltaSummary counts = earlier.counts(delta);
        progress.at(Progress.Step.COMPARING, counts.after());
        // This comes first, since reading the cells may add a remark.
        Optional<ChangeDetails> found = details.flatMap(request -> details(earlier, delta, request, hashing, progress));
        return new DeltaReport(
                earlier.description(),
                source.description(),
                counts,
                earlier.baseline().basis(),
                earlier.baseline().drift(),
                earlier.columns(),
                found,
                earlier.remark(stream, counts));
    }

    private Optional<ChangeDetails> details(
            EarlierSide earlier, SnapshotDelta delta, DetailRequest request, RowHashing hashing, Progress progress) {
        try (SnapshotReader reader = cells.get()) {
            // The delta names rows by the identities that it was computed from.
            SortedKeyedRows located = earlier.needsSharedHashes() ? comparedRows : rows;
            return earlier.details(delta, located, reader, request, hashing, progress);
        }
    }
}
