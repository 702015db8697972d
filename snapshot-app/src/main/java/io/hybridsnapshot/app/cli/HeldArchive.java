package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.usecase.LoadSnapshot;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Reads which archive a hold is about, and until when. Stateless. */
final class HeldArchive {
    private HeldArchive() {}

    /** The archive that a reference names. */
    static ArchiveId named(Session session, String dataset, String partition, String reference) {
        KnownDatasets.require(session, dataset);
        Dataset known = session.datasets().named(dataset);
        return new LoadSnapshot(session.environment())
                .find(known, new Partition(partition), References.stored(reference))
                .id();
    }

    /** A day to come. */
    static LocalDate day(String text, Clock clock) {
        LocalDate today = LocalDate.now(clock.withZone(ZoneOffset.UTC));
        try {
            LocalDate day = LocalDate.parse(text);
            if (day.isAfter(today)) {
                return day;
            }
        } catch (DateTimeException e) {
            // Told below like a day that has passed.
        }
        throw SnapshotException.invalidRequest("option --until")
                .actual("'" + text + "'")
                .expected("a day after today, " + today + " UTC, such as " + today.plusYears(1))
                .build();
    }
}
