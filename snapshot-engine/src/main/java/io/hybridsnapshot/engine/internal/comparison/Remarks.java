package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.comparison.DeltaBasis;
import io.hybridsnapshot.engine.error.EngineRemedy;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** What a report says beside its counts, where a reader may doubt them. Stateless. */
final class Remarks {
    /** The share of CHANGED rows above which a report remarks on it. */
    private static final double REMARKABLE_CHANGED_SHARE = 0.9;

    private Remarks() {}

    /** Explains why the archive of a side was not used although there is one. */
    static Optional<RemedyText> lostCells(Side side, String name) {
        return side.lostCells()
                .map(reason -> RemedyText.of("{0} snapshot's archive cannot be used: {1}", name, reason));
    }

    /**
     * Explains why wanted cells of the window's current snapshot could not be used, or why the comparison with it is
     * doubtful.
     *
     * @param mismatch the doubt about named foreign hashes
     */
    static Optional<RemedyText> current(Side before, DeltaBasis basis, Optional<String> mismatch) {
        Optional<StoredSide> stored = before instanceof StoredSide side ? Optional.of(side) : Optional.empty();
        Optional<ArchivedSnapshot> addedTo = stored.flatMap(StoredSide::addedTo);
        if (addedTo.isPresent() && basis != DeltaBasis.LEGACY_HASHES) {
            return Optional.of(before.lostCells()
                    .map(reason -> RemedyText.of(
                            "another program added rows to the current snapshot in the window, and the snapshot's"
                                    + " archive {0} cannot be used: {1}",
                            addedTo.get().id(), reason))
                    .orElse(RemedyText.of(
                            "another program added rows to the current snapshot in the window: it was compared by its"
                                    + " archive {0}, without these {1}, which a save removes",
                            addedTo.get().id(), Counted.of(stored.get().leftOut(), "row"))));
        }
        if (basis == DeltaBasis.KEYS_ONLY && foreign(stored).isPresent()) {
            return Optional.of(RemedyText.of(
                    "a foreign writer made the earlier snapshot: if it was the Python pipeline, name its hash spec"
                            + " ({0} legacy-py-b, for example) to compare by its hashes",
                    EngineRemedy.HASH_SPEC));
        }
        if (stored.filter(StoredSide::lacksRows).isPresent()) {
            return Optional.of(RemedyText.of(
                    "rows of the current snapshot are missing from the window: it was compared by its archive {0}",
                    stored.flatMap(StoredSide::window)
                            .flatMap(WindowSnapshot::archiveId)
                            .orElseThrow()));
        }
        return mismatch.map(RemedyText::plain).or(() -> lostCells(before, "the earlier"));
    }

    /** Tells that hashes of a side were compared that are not those that were saved. */
    static Optional<RemedyText> altered(Side side, String name) {
        return side instanceof StoredSide stored && stored.isAltered()
                ? Optional.of(RemedyText.of(
                        "another program changed rows of {0} snapshot in the window after it was saved: they were"
                                + " compared as they are now{1}",
                        name,
                        stored.lacksCellsOfAltered() ? ", and its archive does not have the cells of all of them" : ""))
                : Optional.empty();
    }

    /** A pipeline that writes local time east of Greenwich dates its rows ahead of every clock. */
    static Optional<RemedyText> fromTheFuture(Side before, Clock clock) {
        Instant now = clock.instant();
        return foreign(before instanceof StoredSide side ? Optional.of(side) : Optional.empty())
                .filter(foreign -> foreign.date().isAfter(now))
                .map(foreign -> RemedyText.of(
                        "a foreign writer dated the earlier snapshot {0}, which is in the future (now {1}); snapshots"
                                + " after it cannot be dated earlier: if it writes local time, name its time zone"
                                + " before a save ({2})",
                        foreign.date(), now.truncatedTo(ChronoUnit.SECONDS), EngineRemedy.TAKE_OVER_ZONE));
    }

    private static Optional<WindowSnapshot> foreign(Optional<StoredSide> side) {
        return side.flatMap(StoredSide::window).filter(WindowSnapshot::isForeign);
    }

    private static String grouped(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** Returns a remark for the case that nearly every row of both snapshots is CHANGED by its cells. */
    static Optional<RemedyText> manyChanged(DeltaBasis basis, DeltaSummary counts) {
        boolean byCells =
                basis == DeltaBasis.WHOLE_ROWS || basis == DeltaBasis.SHARED_COLUMNS || basis == DeltaBasis.REHASHED;
        // A single row proves nothing.
        return byCells && counts.changed() > 1 && counts.changedShare() > REMARKABLE_CHANGED_SHARE
                ? Optional.of(RemedyText.of(
                        "{0} of the {1} rows of both are CHANGED: check whether each key stands in its own row",
                        grouped(counts.changed()), grouped(counts.changed() + counts.unchanged())))
                : Optional.empty();
    }
}
