package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.SnapshotDates;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A snapshot's date.
 *
 * @param date the date, whole microseconds
 * @param dating the origin of the date
 * @param remarks notes on the date for the user
 */
record SaveDate(Instant date, SaveResult.Dating dating, List<String> remarks) {
    /**
     * The most that a date may lie ahead of a clock without consent, and that two clocks may differ without a remark.
     * Clocks of servers differ a little.
     */
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

    SaveDate {
        remarks = List.copyOf(remarks);
    }

    /**
     * Dates a snapshot after the current one.
     *
     * @param present the present time
     * @throws SnapshotException INVALID_REQUEST if the request's date is not after the current snapshot's, or far ahead
     *     of the clock without consent
     */
    static SaveDate of(SaveRequest request, Optional<WindowSnapshot> previous, Instant present) {
        Instant now = present.truncatedTo(ChronoUnit.MICROS);
        // No date is after one that a foreign writer put at the end of time.
        Instant after = previous.filter(snapshot -> SnapshotDates.isPossible(snapshot.date()))
                .map(snapshot -> snapshot.date().truncatedTo(ChronoUnit.MICROS).plus(1, ChronoUnit.MICROS))
                .orElse(Instant.MIN);
        if (request.date().isEmpty()) {
            if (!now.isBefore(after)) {
                return new SaveDate(now, SaveResult.Dating.NOW, List.of());
            }
            return new SaveDate(
                    after,
                    SaveResult.Dating.AFTER_CURRENT,
                    List.of("the snapshot is dated " + after
                            + ", one microsecond after the current one, because the clock" + " says " + now
                            + ": it went back, or the current snapshot is dated in the future"));
        }
        Instant date = request.date().get().truncatedTo(ChronoUnit.MICROS);
        if (date.isBefore(after)) {
            throw SnapshotException.invalidRequest("the snapshot's date is not after the current one's")
                    .where(SaveSnapshot.place(request))
                    .actual(date)
                    .expected("a date after " + previous.orElseThrow().date())
                    .nextStep("leave the date out, or give a later one")
                    .build();
        }
        boolean ahead = date.isAfter(now.plus(CLOCK_TOLERANCE));
        if (ahead && !request.consents().contains(Consent.FUTURE_DATE)) {
            throw SnapshotException.invalidRequest("save refused: the snapshot's date lies in the future")
                    .where(SaveSnapshot.place(request))
                    .actual(date)
                    .expected("a date until " + now.plus(CLOCK_TOLERANCE)
                            + ": every later snapshot would have to be dated" + " after it")
                    .nextStep("correct the date; if it is meant, say so ({0})", Consent.FUTURE_DATE)
                    .build();
        }
        return new SaveDate(
                date,
                SaveResult.Dating.GIVEN,
                ahead ? List.of("the snapshot is dated in the future, by request: " + date) : List.of());
    }

    /**
     * Compares this machine's clock with that of the window's server, which has noted the start of the snapshot.
     *
     * @param theirs the start by the server's clock, if it noted one
     * @param ours the present time by this machine's clock
     * @return the date with a remark where the clocks differ
     * @throws SnapshotException INVALID_REQUEST if the date is this machine's and far ahead of the server's clock
     */
    SaveDate comparedWith(Optional<Instant> theirs, Instant ours, SaveRequest request) {
        if (theirs.isEmpty()) {
            return this;
        }
        if (ours.isAfter(theirs.get().plus(CLOCK_TOLERANCE))) {
            if (dating == SaveResult.Dating.NOW && !request.consents().contains(Consent.FUTURE_DATE)) {
                throw SnapshotException.invalidRequest("save refused: this machine's clock is ahead of the window's"
                                + " server, so that the snapshot's date may lie in the future")
                        .where(SaveSnapshot.place(request))
                        .actual(date)
                        .expected("about " + theirs.get() + ", as that server says")
                        .nextStep(
                                "set the clock that is wrong; if it is the server's, say that the date is meant"
                                        + " ({0})",
                                Consent.FUTURE_DATE)
                        .build();
            }
            return remarking("this machine's clock says " + ours + ", the window's server " + theirs.get());
        } else if (ours.isBefore(theirs.get().minus(CLOCK_TOLERANCE))) {
            return remarking("this machine's clock is behind the window's server: it says " + ours + ", the server "
                    + theirs.get());
        }
        return this;
    }

    private SaveDate remarking(String remark) {
        return new SaveDate(
                date, dating, Stream.concat(remarks.stream(), Stream.of(remark)).toList());
    }
}
