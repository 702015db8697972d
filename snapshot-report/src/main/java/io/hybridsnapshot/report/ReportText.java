package io.hybridsnapshot.report;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.SchemaDrift;
import io.hybridsnapshot.domain.snapshot.SnapshotDates;
import io.hybridsnapshot.engine.comparison.ChangeDetails;
import io.hybridsnapshot.engine.comparison.ColumnBasis;
import io.hybridsnapshot.engine.comparison.Concentration;
import io.hybridsnapshot.engine.comparison.DeltaBasis;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.SuggestedRename;
import io.hybridsnapshot.engine.expectation.Verdict;
import io.hybridsnapshot.engine.tables.RowsApart;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The words that all formats of a report share. English, UTC, independent of the machine's settings. Stateless. */
public final class ReportText {
    /** Stands in place of a value that the report leaves out. */
    static final String HIDDEN = "hidden";

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private ReportText() {}

    /** Returns a sentence on the basis of a comparison; empty if whole rows were compared. */
    public static Optional<String> basis(DeltaBasis basis) {
        return switch (basis) {
            case WHOLE_ROWS -> Optional.empty();
            case FIRST_SNAPSHOT -> Optional.of("There was no snapshot before: every row is NEW.");
            case SHARED_COLUMNS -> Optional.of("Rows were compared on the columns that both have.");
            case REHASHED ->
                Optional.of("Rows were hashed anew from their archive, as they had been hashed by other rules.");
            case WHOLE_ROWS_DESPITE_DRIFT ->
                Optional.of("The earlier rows have no archive: a row may count as CHANGED for a drifted column.");
            case LEGACY_HASHES ->
                Optional.of("Compared by the hashes that a foreign writer made: the cells before are not known.");
            case KEYS_ONLY ->
                Optional.of("Only keys were compared: no archive holds the earlier rows, hashed by other or unknown"
                        + " rules.");
        };
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** Returns a number of bytes in powers of 1,000: {@code 517 B}, {@code 573.6 KB}, {@code 1.2 GB}. */
    public static String size(long bytes) {
        if (bytes < 1_000) {
            return bytes + " B";
        }
        double value = bytes;
        String[] units = {"B", "KB", "MB", "GB", "TB", "PB"};
        int unit = 0;
        while (value >= 999.95 && unit < units.length - 1) {
            value /= 1_000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }

    static String counted(long count, String noun) {
        return count(count) + " " + noun + (count == 1 ? "" : "s");
    }

    static String share(long part, long whole) {
        return whole == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
    }

    static String date(Instant moment) {
        return SnapshotDates.isPossible(moment) ? DATE.format(moment) : SnapshotDates.text(moment);
    }

    static String kind(ChangeKind kind) {
        return switch (kind) {
            case NEW -> "added";
            case CHANGED -> "changed";
            case DELETED -> "removed";
            case UNCHANGED -> "unchanged";
        };
    }

    /** Returns the remarks that a reader needs beside the numbers. */
    static List<String> notes(ReportSummary summary, ReportColumns columns, boolean cellsUnknown) {
        DeltaReport delta = summary.delta();
        List<String> notes = new ArrayList<>();
        basis(delta.basis()).ifPresent(notes::add);
        notes.addAll(summary.remarks());
        long forgiven = delta.details().map(ChangeDetails::forgiven).orElse(0L);
        if (forgiven > 0) {
            notes.add("Of the changed rows, " + counted(forgiven, "row")
                    + " differ only in ways that the options forgive. The report does not list them.");
        }
        List<String> notCompared = delta.columns().notCompared();
        if (!notCompared.isEmpty()) {
            notes.add("Not compared, as one side alone has them: " + names(notCompared) + ". "
                    + counted(delta.rowsNotComparedInFull(), "row") + " of both sides not compared in full.");
        }
        if (!delta.columns().leftOut().isEmpty()) {
            notes.add("Left out of the comparison by the dataset's rules: "
                    + names(delta.columns().leftOut()) + ".");
        }
        apart("earlier", summary.apartBefore()).ifPresent(notes::add);
        apart("later", summary.apartAfter()).ifPresent(notes::add);
        if (cellsUnknown) {
            notes.add("Some cells are not known. Such a row is listed with the cells of the later side, or by its key"
                    + " alone.");
        }
        if (!columns.hidden().isEmpty()) {
            notes.add("The values of these columns are left out of the report: " + names(columns.hidden()) + ".");
        }
        return notes;
    }

    private static Optional<String> apart(String side, RowsApart rows) {
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of("Not compared, on the " + side + " side: " + counted(rows.withoutKey(), "row")
                        + " without a key, " + counted(rows.repeated(), "row")
                        + " with a key that one of the sides has more than once.");
    }

    /** Returns the rows that were set apart, by place and key, as far as they are known. */
    static List<String> apartRows(RowsApart rows, ReportColumns columns) {
        return rows.examples().stream()
                .map(row -> row.place() + ": "
                        + row.key().entrySet().stream()
                                .map(part -> part.getKey() + " = "
                                        + (columns.isHidden(part.getKey())
                                                ? HIDDEN
                                                : part.getValue().orElse("NULL")))
                                .collect(Collectors.joining(", ")))
                .toList();
    }

    /** Returns the word for a verdict's outcome: {@code MET}, {@code BROKEN}, {@code NOT_CHECKED} and so on. */
    public static String outcome(Verdict verdict) {
        return verdict.outcome()
                .fold(met -> "MET", broken -> "BROKEN", notChecked -> "NOT_CHECKED", notApplicable -> "NOT_APPLICABLE");
    }

    /** Returns the word for a verdict's outcome as people read it: {@code met}, {@code BROKEN}. */
    public static String shownOutcome(Verdict verdict) {
        String word = outcome(verdict).replace('_', ' ');
        return verdict.fails() ? word : word.toLowerCase(Locale.ROOT);
    }

    /** Returns the verdicts on the expectations, one line each. */
    static List<String> expectations(DeltaReport delta) {
        return delta.expectations().stream()
                .map(each -> shownOutcome(each) + ": " + each.expectation().text() + " (" + each.reason() + ")")
                .toList();
    }

    /** Returns where the changes are concentrated, one sentence each; none where nothing is. */
    public static List<String> concentration(DeltaReport delta) {
        return concentration(delta, column -> false);
    }

    /** Returns the same sentences without the values of hidden columns. */
    static List<String> concentration(DeltaReport delta, Predicate<String> isHidden) {
        Optional<Concentration> found = delta.details().flatMap(ChangeDetails::concentration);
        if (found.isEmpty()) {
            return List.of();
        }
        Concentration all = found.get();
        List<String> lines = new ArrayList<>();
        for (Concentration.CommonValue value : all.values()) {
            if (!isHidden.test(value.column())) {
                lines.add(share(value.changedRows(), all.changedRows()) + " of the changed rows have "
                        + value.column() + " = " + value.value().orElse("NULL") + ", "
                        + timesItsShare(all, value) + " (sample of " + counted(all.sampledRows(), "row") + ")");
            }
        }
        for (Concentration.TogetherChanged pair : all.together()) {
            lines.add(pair.first() + " and " + pair.second() + " change together in "
                    + share(pair.both(), pair.either()) + " of the rows in which one of them changes");
        }
        return lines;
    }

    private static String timesItsShare(Concentration all, Concentration.CommonValue value) {
        OptionalDouble times = all.timesItsShare(value);
        return times.isEmpty()
                ? "and no other row looked at"
                : String.format(Locale.ROOT, "%.1f", times.getAsDouble()) + " × its share of all rows";
    }

    static String names(List<String> names) {
        return String.join(", ", names);
    }

    /** Returns the changes of the columns, one line each. */
    static List<String> drift(DeltaReport delta) {
        SchemaDrift drift = delta.drift();
        List<String> lines = new ArrayList<>();
        for (Column column : drift.added()) {
            lines.add("Column added: " + column.name() + " (" + column.type() + ")");
        }
        for (Column column : drift.dropped()) {
            lines.add("Column dropped: " + column.name() + " (" + column.type() + ")");
        }
        for (SchemaDrift.Retyped column : drift.retyped()) {
            lines.add((column.isWidened() ? "Type widened: " : "Type changed: ") + column.name() + ", "
                    + column.before() + " to " + column.after() + comparedBy(column.name(), delta.columns()));
        }
        if (drift.orderChanged()) {
            lines.add("The columns stand in another order.");
        }
        for (SuggestedRename pair : delta.details().map(ChangeDetails::renames).orElse(List.of())) {
            lines.add("Perhaps a rename: " + pair.before() + " to " + pair.after() + ", as " + count(pair.equalCells())
                    + " of " + counted(pair.comparedCells(), "cell") + " are equal ("
                    + share(pair.equalCells(), pair.comparedCells()) + ")");
        }
        return lines;
    }

    private static String comparedBy(String column, ColumnBasis columns) {
        if (columns.asTexts().contains(column)) {
            return " (compared by text)";
        }
        return columns.asNumbers().contains(column) ? " (compared by number)" : "";
    }

    /** Returns a row's key as one text: names and values, or the row's identity where the key is not known. */
    static String key(ReportRow row, ReportColumns columns) {
        if (row.key().isEmpty()) {
            return columns.hidesKey() ? HIDDEN : row.identity().toString();
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < row.key().size(); i++) {
            String name = columns.key().get(i);
            parts.add(name + " = "
                    + (columns.isHidden(name) ? HIDDEN : row.key().get(i).orElse("NULL")));
        }
        return String.join(", ", parts);
    }
}
