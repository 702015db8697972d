package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The errors that the window's ports promise, in one set of words for every store. The methods return the error, and
 * the store throws it; methods named {@code require…} throw it themselves. Faults of a database keep the words of
 * their adapter. Immutable and safe to share.
 */
public final class WindowConflicts {
    private static final String RECOVER = "{0} removes the snapshot; then save again";

    private final String dataset;
    private final String place;

    /** The errors about one partition of a dataset. */
    public WindowConflicts(String dataset, Partition partition) {
        this.dataset = Objects.requireNonNull(dataset, "dataset");
        this.place = "dataset '" + dataset + "', partition '" + partition + "'";
    }

    /** Returns the partition as the errors name it. */
    public String place() {
        return place;
    }

    // The store

    /**
     * Returns INVALID_REQUEST: a writer was opened for a dataset without tables.
     *
     * @param where the place of the missing tables, for example {@code schema 'window'}; empty where a store has none
     */
    public SnapshotException notPrepared(String where) {
        return SnapshotException.invalidRequest("the window has no tables for the dataset")
                .where("dataset '" + dataset + "'" + (where.isEmpty() ? "" : ", " + where))
                .nextStep("prepare them first: {0} does", CommonRemedy.PREPARATION)
                .build();
    }

    /**
     * Returns INVALID_REQUEST: a column's name has no place, or another meaning, in the window.
     *
     * @param expected the names that the window can hold
     */
    public static SnapshotException notCarried(String dataset, String column, String expected) {
        return SnapshotException.invalidRequest("a column cannot be carried in the window")
                .where("dataset '" + dataset + "'")
                .actual("'" + column.replace('\0', '?') + "'")
                .expected(expected)
                .nextStep("leave it out of the carried columns, or rename it in the source's query")
                .build();
    }

    /**
     * Returns CONFLICT: the window does not hold the snapshot, or no longer holds it.
     *
     * @param id empty for the current snapshot of a foreign writer
     */
    public static SnapshotException gone(String dataset, Optional<SnapshotId> id) {
        return SnapshotException.conflict("the snapshot is not in the window")
                .where("dataset '" + dataset + "', "
                        + id.map(batch -> "batch " + batch).orElse("foreign snapshot"))
                .nextStep("{0} shows what is there; the archive may have it", CommonRemedy.LIST)
                .build();
    }

    /**
     * Checks that a snapshot has all its rows.
     *
     * @throws SnapshotException CORRUPT if the snapshot is INCOMPLETE
     */
    public void requireComplete(WindowSnapshot snapshot) {
        if (snapshot.state() == SnapshotState.INCOMPLETE) {
            throw SnapshotException.corrupt("rows of the snapshot are missing from the window")
                    .where(batch(snapshot.id().orElseThrow()))
                    .expected(Counted.of(snapshot.rowCount(), "row") + ", as the ledger says")
                    .nextStep(snapshot.archiveId()
                            .map(archive -> "archive " + archive + " has them")
                            .orElse("save the partition again"))
                    .build();
        }
    }

    /**
     * Checks that a snapshot that refers to an archive refers to this one.
     *
     * @throws SnapshotException CONFLICT if it refers to another archive
     */
    public void requireSameArchive(SnapshotId id, ArchiveId linked, ArchiveId wanted) {
        if (!linked.equals(wanted)) {
            throw SnapshotException.conflict("the snapshot refers to another archive")
                    .where(batch(id))
                    .actual("archive " + linked)
                    .expected("archive " + wanted + ", or none")
                    .nextStep("compare the batch id and the fingerprint of both archives with the snapshot's")
                    .build();
        }
    }

    // The writer

    /**
     * Returns CONFLICT: another writer has the partition.
     *
     * @param holder the name that the other writer gave, and since when it has the partition, if the store knows it
     * @param patience how long the store waited for the other writer
     */
    public SnapshotException held(Optional<String> holder, Duration patience) {
        return SnapshotException.conflict("another writer holds the partition's lock")
                .where(place)
                .actual(holder.orElse("a writer that has not entered its name yet"))
                .expected("no other writer after " + patience.toMillis() + " ms")
                .nextStep("wait for it, or allow more time")
                .build();
    }

    /** Returns CONFLICT: the ledger has another entry of the batch id. */
    public SnapshotException batchIdKnown(SnapshotId id, Throwable cause) {
        return SnapshotException.conflict("the window's ledger knows the batch id already")
                .where(place)
                .actual("batch " + id)
                .expected("a batch id that is new, or was undone")
                .nextStep(
                        "{0} shows the snapshots; {1} finishes what was interrupted",
                        CommonRemedy.LIST, CommonRemedy.RECOVERY)
                .cause(cause)
                .build();
    }

    /**
     * Returns an entry of the ledger that is in the state for a step of the writer.
     *
     * @param found the entry of the batch id in this partition, if there is one
     * @throws SnapshotException INVALID_REQUEST if there is none, or if it is in another state
     */
    public WindowSnapshot requireState(SnapshotId id, Optional<WindowSnapshot> found, SnapshotState expected) {
        return found.filter(entry -> entry.state() == expected)
                .orElseThrow(() -> SnapshotException.invalidRequest("the snapshot is not in the state for this step")
                        .where(batch(id))
                        .actual(found.map(entry -> entry.state().name()).orElse("no such snapshot"))
                        .expected(expected)
                        .nextStep("call begin, stage, seal and publish in this order")
                        .build());
    }

    /**
     * Checks that as many rows are staged as were sealed.
     *
     * @throws SnapshotException CORRUPT if the counts differ
     */
    public void requireAllStaged(SnapshotId id, long staged, long sealed) {
        if (staged != sealed) {
            throw SnapshotException.corrupt("the staged rows are not those that were sealed")
                    .where(batch(id))
                    .actual(Counted.of(staged, "row"))
                    .expected(Counted.of(sealed, "row"))
                    .nextStep(RECOVER, CommonRemedy.RECOVERY)
                    .build();
        }
    }

    /**
     * Checks that the changes that a publish made are those that were sealed.
     *
     * @param kind the kind of the changes, for example {@code CHANGED}
     * @throws SnapshotException CORRUPT if the counts differ
     */
    public void requireAllApplied(SnapshotId id, ChangeKind kind, long applied, long sealed) {
        if (applied != sealed) {
            throw SnapshotException.corrupt("the staged changes are not those that were sealed")
                    .where(batch(id))
                    .actual(Counted.of(applied, "row") + " " + kind)
                    .expected(Counted.of(sealed, "row") + " " + kind)
                    .nextStep(RECOVER, CommonRemedy.RECOVERY)
                    .build();
        }
    }

    /** Returns CONFLICT: the rows that the changes of a sealed snapshot were counted from are no longer current. */
    public SnapshotException baseChanged(SnapshotId id) {
        return SnapshotException.conflict("the current rows changed after the snapshot's changes were counted")
                .where(batch(id))
                .actual("rows of another state than the sealed one: another program wrote to the current table")
                .nextStep("{0} stages all rows of the snapshot again and publishes it", CommonRemedy.RECOVERY)
                .build();
    }

    /** Returns CORRUPT: two staged rows have one identity. */
    public SnapshotException repeatedIdentity(SnapshotId id, Throwable cause) {
        return SnapshotException.corrupt("two staged rows have one identity")
                .where(batch(id))
                .expected("each identity once")
                .nextStep(RECOVER, CommonRemedy.RECOVERY)
                .cause(cause)
                .build();
    }

    /** Returns CONFLICT: the publish waited too long for other transactions on the current table. */
    public SnapshotException notPublished(SnapshotId id, Optional<ArchiveId> archiveId, long millis, Throwable cause) {
        String archived = archiveId
                .map(archive -> " and archived (archive " + archive + ")")
                .orElse("");
        return busy(
                "the snapshot is staged" + archived + " but not published",
                id,
                millis,
                RemedyText.of("nothing is lost: {0} or the next save finishes it", CommonRemedy.RECOVERY),
                cause);
    }

    /** Returns CONFLICT: taking back the current snapshot waited too long for other transactions on its table. */
    public SnapshotException notTakenBack(SnapshotId current, long millis, Throwable cause) {
        return busy(
                "the snapshot was not taken back",
                current,
                millis,
                RemedyText.of("nothing was changed: {0}", CommonRemedy.REPEAT),
                cause);
    }

    private SnapshotException busy(String problem, SnapshotId id, long millis, RemedyText nextStep, Throwable cause) {
        return SnapshotException.conflict(problem + ": another transaction is using the dataset's current table")
                .where(batch(id))
                .actual("no lock on it within " + millis + " ms")
                .expected("its turn after the table's other readers and writers")
                .nextStep(nextStep)
                .cause(cause)
                .build();
    }

    /** Returns CONFLICT: the snapshot to be taken back is not the current one. */
    public SnapshotException notCurrent(SnapshotId id) {
        return changed("batch " + id + " is not the current snapshot");
    }

    /** Returns CONFLICT: the snapshot that would become current again is not in the window's ledger as such. */
    public SnapshotException notEarlier(SnapshotId id) {
        return changed("batch " + id + " is not an earlier snapshot");
    }

    private SnapshotException changed(String actual) {
        return SnapshotException.conflict("the window has changed since the plan was shown; nothing was taken back")
                .where(place)
                .actual(actual)
                .nextStep("make the plan again")
                .build();
    }

    /**
     * Returns CONFLICT: the writer has lost its lock.
     *
     * @param actual the state of the lock
     * @param expected this writer, as the store counts or names it
     */
    public SnapshotException lockLost(String actual, String expected, Throwable cause) {
        return SnapshotException.conflict("the writer has lost its lock")
                .where(place)
                .actual(actual)
                .expected(expected)
                .nextStep("{0}; {1} shows what is unfinished", CommonRemedy.REPEAT, CommonRemedy.RECOVERY)
                .cause(cause)
                .build();
    }

    private String batch(SnapshotId id) {
        return place + ", batch " + id;
    }
}
