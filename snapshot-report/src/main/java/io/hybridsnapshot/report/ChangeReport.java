package io.hybridsnapshot.report;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.engine.comparison.ComparedColumns;
import io.hybridsnapshot.engine.comparison.RowChangeListener;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rows that differ, collected during a comparison, and the reports made of them afterwards. Rows wait in a
 * temporary file, so memory does not grow with their number. A report holds plain cells, except those of hidden
 * columns. One thread. The maker closes the report, which deletes the temporary file.
 */
public final class ChangeReport implements RowChangeListener, AutoCloseable {
    /** The kinds of rows in the order of a report. */
    static final List<ChangeKind> KINDS = List.of(ChangeKind.CHANGED, ChangeKind.NEW, ChangeKind.DELETED);

    private final Set<String> hidden;
    private final PageLimits limits;
    private final ReportColumns columns;
    private final RowSpool rows;
    private boolean cellsUnknown;
    private Optional<PageRows> page = Optional.empty();

    private ChangeReport(Path file, Collection<String> hidden, PageLimits limits) {
        this.hidden = new LinkedHashSet<>(hidden);
        this.limits = limits;
        this.columns = new ReportColumns(this.hidden);
        this.rows = new RowSpool(file, columns);
    }

    /**
     * Makes a report without rows.
     *
     * @param file the temporary file, which is replaced; it holds the cells of all rows that differ
     * @param hidden columns that are left out: their values are neither in that file nor in a report
     * @throws SnapshotException UNAVAILABLE if the file cannot be written
     */
    public static ChangeReport spoolingTo(Path file, Collection<String> hidden) {
        return new ChangeReport(file, hidden, PageLimits.DEFAULT);
    }

    /**
     * As {@link #spoolingTo(Path, Collection)}, with other limits of a page.
     *
     * @throws SnapshotException UNAVAILABLE if the file cannot be written
     */
    public static ChangeReport spoolingTo(Path file, Collection<String> hidden, PageLimits limits) {
        return new ChangeReport(file, hidden, limits);
    }

    @Override
    public boolean wantsWholeRows() {
        return true;
    }

    /**
     * Takes the columns of the comparison.
     *
     * @throws SnapshotException INVALID_REQUEST if no known column is one that is to be hidden, because the name may be
     *     mistyped and the column that was meant would be shown
     */
    @Override
    public void onColumns(ComparedColumns compared) {
        compared.after().ifPresent(columns::take);
        compared.before().ifPresent(columns::take);
        columns.takeKey(compared.keyColumns());
        List<String> known = compared.names();
        for (String name : hidden) {
            if (!known.isEmpty() && !known.contains(name)) {
                throw SnapshotException.invalidRequest("a column to hide in the report is unknown")
                        .actual("'" + name + "'")
                        .expected(NearestName.expected("one of the compared columns", known, name))
                        .nextStep("correct the name")
                        .build();
            }
        }
    }

    @Override
    public void onChange(RowChange change) {
        cellsUnknown |= change.kind() != ChangeKind.NEW && change.before().isEmpty()
                || change.kind() != ChangeKind.DELETED && change.after().isEmpty();
        rows.add(change);
    }

    /** Returns the number of rows taken. */
    public long rowCount() {
        return KINDS.stream().mapToLong(rows::count).sum();
    }

    /**
     * Returns how many rows a page leaves out because of its limits. If there are any, a file of all rows should stand
     * beside the page ({@link ReportFormat#CSV}), and {@link ReportSummary#withAllRowsIn} names it.
     */
    public long rowsNotOnPage() throws IOException {
        return rowCount() - page().shownCount();
    }

    /**
     * Writes a report. The same rows may be written in several formats.
     *
     * @param out the target; stays open
     * @throws IOException if the target cannot be written or the temporary file cannot be read
     */
    public void write(ReportFormat format, ReportSummary summary, OutputStream out) throws IOException {
        List<String> notes = ReportText.notes(summary, columns, cellsUnknown);
        switch (format) {
            case HTML -> new HtmlPage(summary, notes, columns, rows, page()).write(out);
            case MARKDOWN -> new MarkdownText(summary, notes, columns, rows).write(out);
            case XLSX -> new ExcelWorkbook(summary, notes, columns, rows).write(out);
            case CSV -> new CsvLines(columns, rows).write(out);
        }
    }

    private PageRows page() throws IOException {
        if (page.isEmpty()) {
            page = Optional.of(PageRows.of(columns, rows, limits));
        }
        return page.get();
    }

    /** Deletes the temporary file. */
    @Override
    public void close() {
        rows.close();
    }
}
