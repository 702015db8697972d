package io.hybridsnapshot.app.report;

import io.hybridsnapshot.app.config.EncryptionSection;
import io.hybridsnapshot.app.wording.CommandWording;
import io.hybridsnapshot.domain.source.ColumnRenames;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.selection.RowCondition;
import io.hybridsnapshot.engine.tables.TablesReport;
import io.hybridsnapshot.report.ReportSummary;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The heads of reports in the words of the command line. Stateless. */
public final class ReportHeads {
    private static final String HIDDEN = "hidden";

    private ReportHeads() {}

    /** A partition's name, unless the column that holds it is hidden. */
    public static String partition(String name, Optional<String> column, List<String> hidden) {
        return column.filter(hidden::contains).isPresent() ? HIDDEN : name;
    }

    /** The head of a report on two files, with the form in which each was read. */
    public static ReportSummary ofTables(
            TablesReport report, Instant moment, Path before, String formBefore, Path after, String formAfter) {
        return ReportSummary.of(report.named(before + " (" + formBefore + ")", after + " (" + formAfter + ")"), moment)
                .titled("Changes from " + name(before) + " to " + name(after))
                .withNote(CommandWording::text);
    }

    /**
     * The same head with the conditions that rows had to meet, and the columns that were renamed.
     *
     * @param hidden the columns whose values are left out, also as values of conditions
     */
    public static ReportSummary selecting(
            ReportSummary head, List<RowCondition> conditions, ColumnRenames renames, List<String> hidden) {
        ReportSummary more = head;
        if (!conditions.isEmpty()) {
            more = more.withFact(
                    "Only rows with",
                    conditions.stream()
                            .map(condition -> hidden.contains(condition.column())
                                    ? condition.column() + " "
                                            + condition.operator().sign() + " " + HIDDEN
                                    : condition.toString())
                            .collect(Collectors.joining(" and ")));
        }
        if (!renames.isEmpty()) {
            more = more.withFact(
                    "Renamed columns",
                    renames.names().entrySet().stream()
                            .map(name -> name.getKey() + " → " + name.getValue())
                            .collect(Collectors.joining(", ")));
        }
        return more;
    }

    private static String name(Path file) {
        Path name = file.getFileName();
        return name == null || name.toString().equals("-") ? "standard input" : name.toString();
    }

    /** The head of a report on a dataset. It states that the report is plain if the archives are encrypted. */
    public static ReportSummary ofDataset(
            DeltaReport report, Instant moment, String dataset, String partition, EncryptionSection encryption) {
        ReportSummary summary = ReportSummary.of(report, moment)
                .titled("Changes of " + dataset)
                .withFact("Dataset", dataset)
                .withFact("Partition", partition)
                .withNote(CommandWording::text);
        return encryption instanceof EncryptionSection.Off
                ? summary
                : summary.withRemark(
                        "This report holds plain cells, although the archives of the dataset are encrypted.");
    }
}
