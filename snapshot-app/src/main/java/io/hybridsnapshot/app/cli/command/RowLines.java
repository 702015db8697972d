package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.config.TimeZones;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.SnapshotDates;
import io.hybridsnapshot.engine.history.RowEvent;
import io.hybridsnapshot.engine.history.RowHistory;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The parts that the lines of answers about single rows share. Stateless. */
final class RowLines {
    /** Keeps the names of key columns apart from those of an answer's own columns. */
    private static final String KEY = "key ";

    private RowLines() {}

    /** A title that names the zone of all dates. */
    static String title(String what, ZoneId zone) {
        return what + " (dates in " + TimeZones.name(zone) + ")";
    }

    /** The first columns of a line: the partition and the key's columns. */
    static List<String> keyNames(Dataset dataset) {
        List<String> names = new ArrayList<>();
        names.add("partition");
        dataset.keyColumns().forEach(column -> names.add(KEY + column));
        return names;
    }

    /** The cells of these columns. */
    static List<Optional<String>> key(RowHistory row, Dataset dataset) {
        List<Optional<String>> cells = new ArrayList<>();
        cells.add(Optional.of(row.partition().name()));
        dataset.keyColumns().forEach(column -> cells.add(row.key().getOrDefault(column, Optional.empty())));
        return cells;
    }

    /** The date, kind, archive and batch id of an event. */
    static List<Optional<String>> place(RowEvent event, ZoneId zone) {
        ArchivedSnapshot snapshot = event.snapshot();
        return List.of(
                Optional.of(iso(snapshot.date(), zone)),
                Optional.of(event.kind().name()),
                Optional.of(snapshot.id().toString()),
                snapshot.snapshotId().map(Object::toString));
    }

    private static String iso(Instant moment, ZoneId zone) {
        return SnapshotDates.isPossible(moment)
                ? DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(moment.atZone(zone))
                : SnapshotDates.text(moment);
    }
}
