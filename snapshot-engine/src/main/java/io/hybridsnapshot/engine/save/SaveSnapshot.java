package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.engine.internal.comparison.Comparison;
import io.hybridsnapshot.engine.internal.comparison.LostRows;
import io.hybridsnapshot.engine.internal.comparison.Side;
import io.hybridsnapshot.engine.internal.comparison.SourceSide;
import io.hybridsnapshot.engine.internal.comparison.StoredSide;
import io.hybridsnapshot.engine.internal.pass.Interruption;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.RowPass;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.RecoverSnapshots;
import io.hybridsnapshot.engine.recovery.Recovery;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes a snapshot. One pass over the source hashes every row, stages it in the window and writes the file. The delta,
 * the archive, and the swap that makes the snapshot current follow. While a batch is read, the batch before it is
 * hashed and staged and the one before that is written.
 *
 * <p>The order of the commits is staged → archived → published (storage contract, section 3). Nothing is visible before
 * all of it is durable. The next save or {@link RecoverSnapshots} finishes or undoes an interrupted save.
 *
 * <p>Stateless; any number of threads may save at once if the environment's parts allow it. Saves of one partition take
 * turns.
 */
public final class SaveSnapshot {
    /** The keys of the notes that a file holds beside its rows. */
    public static final String DATASET_KEY = "snapshot.dataset";

    public static final String PARTITION_KEY = "snapshot.partition";
    public static final String BATCH_ID_KEY = "snapshot.batch-id";
    public static final String DATE_KEY = "snapshot.snapshot-date";
    public static final String HASH_SPEC_KEY = "snapshot.hash-spec";

    private final SnapshotEnvironment environment;
    private final RecoverSnapshots recovery;

    /** Makes the use case in an environment. */
    public SaveSnapshot(SnapshotEnvironment environment) {
        this.environment = environment;
        this.recovery = new RecoverSnapshots(environment);
    }

    /** Returns the same use case for foreign writers with dates that are the time on the clock of a zone. */
    public SaveSnapshot withForeignZone(ZoneId zone) {
        return new SaveSnapshot(environment.withForeignZone(zone));
    }

    /**
     * Takes a snapshot of a source. If it fails before its archive is committed, window and archive are as they were.
     * If it fails later (publishing), after OUTCOME_UNKNOWN, or if the process dies, the staged snapshot stays. The
     * next save of the partition or {@link RecoverSnapshots} finishes or undoes it; until then readers do not see it.
     *
     * <p>A batch id that was published once is never taken again, whether its snapshot is in the window, has left it,
     * or is known to the archive alone. A batch id that was undone may be saved again.
     *
     * <p>The source is opened, read and closed in a reader thread. Interrupting the calling thread while the source is
     * read interrupts that thread too, and the save fails as before its archive is committed. A source that does not
     * answer holds the caller for ten seconds at most; its reader thread closes it when its call returns.
     *
     * @throws SnapshotException INVALID_REQUEST for wrong input, NULL or duplicate keys, an empty source, too many
     *     DELETED or CHANGED rows (see {@link Consent}), a date that is not after the current snapshot's or far ahead
     *     of the clock; CONFLICT if the partition is locked or the batch id belongs to another snapshot; CORRUPT if
     *     rows of the current snapshot are missing and no archive has them; UNAVAILABLE if a store cannot be reached
     *     or the thread is interrupted, whose interrupt flag is then set; OUTCOME_UNKNOWN if a connection broke during
     *     a commit
     */
    public SaveResult save(SaveRequest request, RowSource source) {
        return Interruption.keepingFlag(() -> saved(request, source));
    }

    /** Names the partition of a save, for errors. */
    static String place(SaveRequest request) {
        return "dataset '" + request.dataset().name() + "', partition '" + request.partition() + "'";
    }

    private SaveResult saved(SaveRequest request, RowSource source) {
        Dataset dataset = request.dataset();
        environment.window().prepare(dataset);
        request.progress().at(Progress.Step.WAITING, 0, request.patience().toSeconds());
        WriterRequest lock = new WriterRequest(environment.holder(), request.patience());
        try (WindowWriter writer = environment.window().openWriter(dataset, request.partition(), lock)) {
            request.progress().at(Progress.Step.READING, 0);
            List<Recovery> recovered = recover(request, writer);
            Optional<SaveResult> before = new EarlierSaves(environment, request, writer, recovered).find();
            return before.isPresent() ? before.get() : take(request, source, writer, recovered);
        }
    }

    private List<Recovery> recover(SaveRequest request, WindowWriter writer) {
        List<Recovery> recovered = new ArrayList<>();
        try {
            recovered.addAll(recovery.recoverWithOrphans(request.dataset(), request.partition(), writer));
        } catch (SnapshotException e) {
            // Without an archive, it is unknown whether an interrupted save was archived. A save that requires the
            // archive stops here.
            if (request.archiveMode() == ArchiveMode.REQUIRED || !e.isStoreOut()) {
                throw e;
            }
        }
        if (request.archiveMode() != ArchiveMode.OFF) {
            recovered.addAll(recovery.deliver(request.dataset()));
        }
        return recovered;
    }

    private SaveResult take(SaveRequest request, RowSource source, WindowWriter writer, List<Recovery> recovered) {
        Dataset dataset = request.dataset();
        boolean lostRowsAccepted = request.consents().contains(Consent.LOST_ROWS);
        Optional<WindowSnapshot> current = writer.current();
        Optional<WindowSnapshot> previous = current.filter(
                        snapshot -> snapshot.state() != SnapshotState.INCOMPLETE || !lostRowsAccepted)
                .map(snapshot -> LostRows.completed(environment, snapshot));
        SaveDate date = SaveDate.of(request, current, environment.clock().instant());
        StoredSide.WithoutCells withoutCells = request.archiveMode() == ArchiveMode.REQUIRED
                ? StoredSide.WithoutCells.USE_HASHES_IF_DAMAGED
                : StoredSide.WithoutCells.USE_HASHES;
        try (Scratch scratch = Scratch.in(environment.workDirectory());
                RowHashing hashing = new RowHashing(scratch.directory(), environment.rowsInMemory());
                Side before = StoredSide.current(environment, dataset, previous, withoutCells);
                RowPass pass = RowPass.open(
                        environment, source, dataset, request.partition(), before.schema(), request.progress());
                SourceSide after = new SourceSide(environment, dataset, pass)) {
            pass.expecting(before.expectedRows(0));
            Comparison comparison =
                    Comparison.ofSource(dataset, before, after, environment.clock(), request.foreignHashes());
            Comparison.needed(request.details(), request.expectations()).ifPresent(comparison::requireFit);
            return new SaveAttempt(environment, request, date, writer, comparison, scratch, hashing)
                    .run(after, previous, recovered);
        }
    }
}
