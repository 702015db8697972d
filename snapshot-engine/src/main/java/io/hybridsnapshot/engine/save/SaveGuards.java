package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.engine.expectation.ExpectationOutcome;
import io.hybridsnapshot.engine.expectation.Verdict;
import java.util.List;
import java.util.Optional;

/** Refuses a snapshot that looks wrong, unless the request consents to it. One thread. */
final class SaveGuards {
    private final SaveRequest request;
    private final Dataset dataset;
    private final WindowWriter writer;
    private final boolean isAsRecorded;

    /**
     * Makes the guards.
     *
     * @param isAsRecorded whether the window's current rows are known to be those of the ledger's current snapshot
     */
    SaveGuards(SaveRequest request, WindowWriter writer, boolean isAsRecorded) {
        this.isAsRecorded = isAsRecorded;
        this.request = request;
        this.dataset = request.dataset();
        this.writer = writer;
    }

    /**
     * Checks a compared snapshot.
     *
     * @param rows the number of its rows
     * @param counts its changes
     * @param leftOut the rows that a foreign writer added to the current snapshot and that were not compared
     * @param mismatch why the named foreign hashes are doubtful, if they are
     * @throws SnapshotException INVALID_REQUEST if it is empty, if too many rows would be DELETED or CHANGED, or if no
     *     row matches the foreign snapshot
     */
    void requireConsent(long rows, DeltaSummary counts, long leftOut, Optional<String> mismatch) {
        if (rows == 0 && !request.consents().contains(Consent.EMPTY_SNAPSHOT)) {
            throw refused("the snapshot is empty", "0 rows", "at least one row", Consent.EMPTY_SNAPSHOT);
        }
        if (mismatch.isPresent() && !request.consents().contains(Consent.NO_ROW_MATCHES)) {
            throw refused(
                    "no row matches the foreign snapshot",
                    mismatch.get(),
                    "at least one row that matches",
                    Consent.NO_ROW_MATCHES);
        }
        requireNotShrunk(rows);
        if (counts.deletedShare() > dataset.maxDeletedShare()
                && !request.consents().contains(Consent.MANY_DELETED)
                && rows > 0) {
            throw refused(
                    "too many rows would be DELETED",
                    counts.deleted() + " of " + counts.before(),
                    "at most the share " + dataset.maxDeletedShare(),
                    Consent.MANY_DELETED);
        }
        requireFewRemoved(rows, counts, leftOut);
        if (counts.changedShare() > dataset.maxChangedShare()
                && !request.consents().contains(Consent.MANY_CHANGED)) {
            throw refused(
                    "too many rows would be CHANGED",
                    counts.changed() + " of " + (counts.changed() + counts.unchanged()),
                    "at most the share " + dataset.maxChangedShare(),
                    Consent.MANY_CHANGED);
        }
    }

    /** The publish also removes the rows that were not compared. */
    private void requireFewRemoved(long rows, DeltaSummary counts, long leftOut) {
        long removed = counts.deleted() + leftOut;
        long before = counts.before() + leftOut;
        if (leftOut > 0
                && removed > dataset.maxDeletedShare() * before
                && !request.consents().contains(Consent.MANY_DELETED)
                && rows > 0) {
            throw refused(
                    "too many rows would be removed, with those that another program added to the current snapshot",
                    removed + " of " + before + ", of which " + leftOut + " were added",
                    "at most the share " + dataset.maxDeletedShare(),
                    Consent.MANY_DELETED);
        }
    }

    /**
     * A foreign writer that stopped halfway leaves fewer rows to compare with than the ledger's last snapshot had.
     * So does a statement that deleted rows, if that loss is accepted.
     */
    private void requireNotShrunk(long rows) {
        if (isAsRecorded) {
            return;
        }
        Optional<WindowSnapshot> recorded = writer.recorded();
        boolean whole = recorded.isPresent()
                && writer.current()
                        .filter(current -> current.id().equals(recorded.get().id())
                                && (current.state() != SnapshotState.INCOMPLETE
                                        || !request.consents().contains(Consent.LOST_ROWS)))
                        .isPresent();
        if (recorded.isEmpty() || whole || request.consents().contains(Consent.MANY_DELETED) || rows == 0) {
            return;
        }
        long before = recorded.get().rowCount();
        if (before - rows > dataset.maxDeletedShare() * before) {
            throw refused(
                    "too many rows would be lost since the ledger's last snapshot, whose rows a foreign writer has"
                            + " replaced or deleted",
                    Counted.of(rows, "row") + " of " + before,
                    "at most the share " + dataset.maxDeletedShare() + " less",
                    Consent.MANY_DELETED);
        }
    }

    /**
     * Checks the verdicts on the request's expectations.
     *
     * @throws SnapshotException INVALID_REQUEST naming every expectation that is broken or could not be checked and
     *     does not only warn
     */
    void requireExpected(List<Verdict> verdicts) {
        List<Verdict> refusing = verdicts.stream().filter(Verdict::refuses).toList();
        if (refusing.isEmpty() || request.consents().contains(Consent.UNEXPECTED)) {
            return;
        }
        boolean anyBroken = refusing.stream().anyMatch(each -> each.outcome() instanceof ExpectationOutcome.Broken);
        SnapshotException.Builder error = SnapshotException.invalidRequest(
                        anyBroken
                                ? "save refused: the changes are not as expected"
                                : "save refused: an expectation cannot be checked")
                .where(SaveSnapshot.place(request))
                .actual(refusing.size() + " of " + Counted.of(verdicts.size(), "expectation")
                        + (anyBroken ? " broken or not checked" : " not checked"))
                .expected("all of them to be met")
                .nextStep("check the source; if it is meant, say so ({0})", Consent.UNEXPECTED);
        refusing.forEach(each -> error.line("  " + each.expectation().text() + ": " + each.reason()));
        throw error.build();
    }

    private SnapshotException refused(String problem, String actual, String expected, Consent consent) {
        return SnapshotException.invalidRequest("save refused: " + problem)
                .where(SaveSnapshot.place(request))
                .actual(actual)
                .expected(expected)
                .nextStep("check the source; if it is meant, say so ({0})", consent)
                .build();
    }
}
