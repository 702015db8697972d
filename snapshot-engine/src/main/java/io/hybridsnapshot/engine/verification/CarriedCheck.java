package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.internal.catalogue.ArchivedCells;
import io.hybridsnapshot.engine.internal.catalogue.KnownSpecs;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.internal.pass.TextDigests;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowCursor;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.List;
import java.util.Optional;

/**
 * Compares the texts that a snapshot of the window carries with the cells of its archive, row by row. Reads of the
 * archive the key and the carried columns only. Memory is bounded by one batch and the rows that sorting holds. One
 * thread; used once.
 */
final class CarriedCheck {
    private final SnapshotEnvironment environment;
    private final Dataset dataset;
    private final ArchiveRecords records;
    private final WindowSnapshot snapshot;
    private final Scratch scratch;
    private final Verification verification;
    private Optional<LeftOut.Reason> leftOut = Optional.empty();
    private long rows;

    CarriedCheck(
            SnapshotEnvironment environment,
            Dataset dataset,
            ArchiveRecords records,
            WindowSnapshot snapshot,
            Scratch scratch,
            Verification verification) {
        this.environment = environment;
        this.dataset = dataset;
        this.records = records;
        this.snapshot = snapshot;
        this.scratch = scratch;
        this.verification = verification;
    }

    void check() {
        Optional<ArchivedSnapshot> archive = archive();
        if (archive.isEmpty()) {
            leaveOut(isStill() ? LeftOut.Reason.NO_CELLS : LeftOut.Reason.LEFT_WINDOW);
        } else if (KnownSpecs.find(dataset, archive.get().hashSpecId()).isEmpty()) {
            leaveOut(LeftOut.Reason.OTHER_HASH_SPEC);
        } else {
            try (RowHashing hashing = new RowHashing(scratch.directory(), environment.rowsInMemory())) {
                compare(archive.get(), hashing);
            }
        }
        leftOut.ifPresent(reason -> verification.leaveOut(
                VerificationLevel.CROSS,
                reason,
                archive.map(ArchivedSnapshot::id).filter(id -> reason != LeftOut.Reason.LEFT_WINDOW)));
        verification.covered(VerificationLevel.CROSS, 0, 0, rows, 0);
    }

    private boolean isStill() {
        return environment
                .window()
                .find(dataset, snapshot.id().orElseThrow())
                .filter(now -> now.state().isVisible())
                .isPresent();
    }

    /** Returns the archive that the ledger names, if it is this snapshot's and ours. */
    private Optional<ArchivedSnapshot> archive() {
        return snapshot.archiveId()
                .flatMap(id -> Optional.ofNullable(records.byId().get(id))
                        .or(() -> environment.archive().find(id)))
                .filter(archive -> archive.snapshotId().equals(snapshot.id())
                        && archive.fingerprint().isPresent());
    }

    private void leaveOut(LeftOut.Reason reason) {
        leftOut = Optional.of(reason);
    }

    private void compare(ArchivedSnapshot archive, RowHashing hashing) {
        try (SnapshotReader reader = ArchivedCells.open(environment, archive)) {
            if (dataset.findMissingKeyColumn(reader.schema()).isPresent()) {
                leaveOut(LeftOut.Reason.KEY_UNKNOWN);
                return;
            }
            Optional<Carried> inWindow = window(reader.schema(), hashing);
            if (inWindow.isPresent() && leftOut.isEmpty()) {
                SortedKeyedRows inArchive =
                        TextDigests.ofFile(reader, dataset, inWindow.get().columns(), hashing, this::isTimeUp);
                if (leftOut.isEmpty()) {
                    report(archive, inWindow.get(), inArchive);
                }
            }
        } catch (SnapshotException e) {
            if (e.isStoreOut()) {
                throw e;
            }
            // The level that reads the whole file reports its faults.
            leaveOut(LeftOut.Reason.NO_CELLS);
        }
    }

    /**
     * Rows of the window.
     *
     * @param columns the carried columns that both have
     * @param rows identities and digests of the texts
     */
    private record Carried(List<String> columns, SortedKeyedRows rows) {}

    private Optional<Carried> window(Schema archived, RowHashing hashing) {
        try (RowStream stream =
                environment.window().openCarried(dataset, snapshot).orElse(null)) {
            if (stream == null) {
                leaveOut(LeftOut.Reason.NO_TEXTS);
                return Optional.empty();
            }
            List<String> columns = stream.schema().names().stream()
                    .filter(column -> !column.equals(WindowStore.IDENTITY_COLUMN))
                    .filter(column -> archived.find(column).isPresent())
                    .toList();
            if (columns.isEmpty()) {
                leaveOut(LeftOut.Reason.NO_TEXTS);
                return Optional.empty();
            }
            SortedKeyedRows digests = TextDigests.ofWindow(stream, columns, hashing, this::isTimeUp);
            return leftOut.isPresent() ? Optional.empty() : Optional.of(new Carried(columns, digests));
        } catch (SnapshotException e) {
            if (e.kind() != SnapshotException.Kind.CONFLICT) {
                throw e;
            }
            leaveOut(LeftOut.Reason.LEFT_WINDOW);
            return Optional.empty();
        }
    }

    private boolean isTimeUp(int more) {
        rows += more;
        verification.done(more);
        if (verification.isTimeUp()) {
            leaveOut(LeftOut.Reason.TIME_IS_UP);
            return true;
        }
        return false;
    }

    private void report(ArchivedSnapshot archive, Carried inWindow, SortedKeyedRows inArchive) {
        long common = 0;
        long different = 0;
        try (KeyedRowCursor left = inWindow.rows().open();
                KeyedRowCursor right = inArchive.open()) {
            boolean hasLeft = left.next();
            boolean hasRight = right.next();
            while (hasLeft && hasRight) {
                int order = order(left, right);
                if (order == 0) {
                    common++;
                    different += isSame(left, right) ? 0 : 1;
                }
                hasLeft = order <= 0 ? left.next() : hasLeft;
                hasRight = order >= 0 ? right.next() : hasRight;
            }
        }
        if (common == 0 && inWindow.rows().size() > 0 && inArchive.size() > 0) {
            // No row in common: the dataset's key has changed.
            leaveOut(LeftOut.Reason.KEY_UNKNOWN);
        } else if (different > 0) {
            boolean isSame = environment.archive().find(archive.id()).equals(Optional.of(archive));
            if (isSame) {
                verification.add(Finding.of(
                        FindingType.WINDOW_TEXTS_DIFFER,
                        snapshot,
                        "in " + different + " of " + Counted.of(common, "row") + " of the window's snapshot of "
                                + snapshot.date() + ", the text carried in "
                                + String.join(", ", inWindow.columns()) + " is not that of archive " + archive.id()));
            } else {
                leaveOut(LeftOut.Reason.CHANGED_MEANWHILE);
            }
        }
    }

    private static int order(KeyedRowCursor left, KeyedRowCursor right) {
        int high = Long.compareUnsigned(left.identityHigh(), right.identityHigh());
        return high != 0 ? high : Long.compareUnsigned(left.identityLow(), right.identityLow());
    }

    private static boolean isSame(KeyedRowCursor left, KeyedRowCursor right) {
        for (int word = 0; word < KeyedHashes.HASH_WORDS; word++) {
            if (left.hashWord(word) != right.hashWord(word)) {
                return false;
            }
        }
        return true;
    }
}
