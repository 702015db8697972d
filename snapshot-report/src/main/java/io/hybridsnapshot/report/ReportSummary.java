package io.hybridsnapshot.report;

import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.tables.RowsApart;
import io.hybridsnapshot.engine.tables.TablesReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * The head of a report: the compared sides, the time, the numbers, remarks. Each method returns another summary with
 * one thing more. Immutable.
 */
public final class ReportSummary {
    private final DeltaReport delta;
    private final String title;
    private final Instant moment;
    private final Map<String, String> facts;
    private final List<String> remarks;
    private final RowsApart apartBefore;
    private final RowsApart apartAfter;
    private final Optional<String> allRows;

    private ReportSummary(
            DeltaReport delta,
            String title,
            Instant moment,
            Map<String, String> facts,
            List<String> remarks,
            RowsApart apartBefore,
            RowsApart apartAfter,
            Optional<String> allRows) {
        this.delta = delta;
        this.title = title;
        this.moment = moment;
        this.facts = facts;
        this.remarks = remarks;
        this.apartBefore = apartBefore;
        this.apartAfter = apartAfter;
        this.allRows = allRows;
    }

    /**
     * Makes the head of a comparison's report.
     *
     * @param moment the time of the comparison
     */
    public static ReportSummary of(DeltaReport delta, Instant moment) {
        return new ReportSummary(
                Objects.requireNonNull(delta, "delta"),
                "Changes",
                Objects.requireNonNull(moment, "moment"),
                Map.of(),
                List.of(),
                RowsApart.NONE,
                RowsApart.NONE,
                Optional.empty());
    }

    /** Makes the head of the report of two tables, with the rows that were set apart. */
    public static ReportSummary of(TablesReport tables, Instant moment) {
        ReportSummary summary = of(tables.delta(), moment);
        return new ReportSummary(
                summary.delta,
                summary.title,
                moment,
                summary.facts,
                summary.remarks,
                tables.apartBefore(),
                tables.apartAfter(),
                Optional.empty());
    }

    /** Returns this summary under another title. */
    public ReportSummary titled(String text) {
        return new ReportSummary(
                delta, Objects.requireNonNull(text, "text"), moment, facts, remarks, apartBefore, apartAfter, allRows);
    }

    /** Returns this summary with a fact for the reader, such as the dataset's name. */
    public ReportSummary withFact(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(facts);
        more.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
        return new ReportSummary(delta, title, moment, more, remarks, apartBefore, apartAfter, allRows);
    }

    /** Returns this summary with a remark beside the numbers. */
    public ReportSummary withRemark(String text) {
        List<String> more = new ArrayList<>(remarks);
        more.add(Objects.requireNonNull(text, "text"));
        return new ReportSummary(delta, title, moment, facts, more, apartBefore, apartAfter, allRows);
    }

    /** Returns this summary with the remark of the comparison, if it has one, in the words of the caller. */
    public ReportSummary withNote(Function<RemedyText, String> wording) {
        return delta.note().map(note -> withRemark(wording.apply(note))).orElse(this);
    }

    /**
     * Returns this summary with the name of the file that holds all rows, for a page that leaves some out.
     *
     * @param file the file's name, which stands beside the page
     */
    public ReportSummary withAllRowsIn(String file) {
        return new ReportSummary(delta, title, moment, facts, remarks, apartBefore, apartAfter, Optional.of(file));
    }

    /** Returns the result of the comparison. */
    public DeltaReport delta() {
        return delta;
    }

    String title() {
        return title;
    }

    Instant moment() {
        return moment;
    }

    Map<String, String> facts() {
        return facts;
    }

    List<String> remarks() {
        return remarks;
    }

    RowsApart apartBefore() {
        return apartBefore;
    }

    RowsApart apartAfter() {
        return apartAfter;
    }

    Optional<String> allRows() {
        return allRows;
    }
}
