package io.hybridsnapshot.report;

import io.hybridsnapshot.domain.delta.ChangeKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rows of a page as JSON, and how many of each kind fit its limits. A row is an array:
 *
 * <ul>
 *   <li>its kind: 0 changed, 1 added, 2 removed;
 *   <li>the texts of its key;
 *   <li>the number of the layout of its cells, -1 where they are not known;
 *   <li>the cells, those of the later side if it has them;
 *   <li>of a changed row, an array {@code [column, before, counts]} for each cell that differs or that the earlier side
 *       alone has; null where the earlier cells are not known.
 * </ul>
 *
 * <p>Immutable once made.
 */
final class PageRows {
    private final ReportColumns columns;
    private final RowSpool rows;
    private final PageLimits limits;
    private final Map<ChangeKind, Long> shown = new EnumMap<>(ChangeKind.class);

    private PageRows(ReportColumns columns, RowSpool rows, PageLimits limits) {
        this.columns = columns;
        this.rows = rows;
        this.limits = limits;
    }

    static PageRows of(ReportColumns columns, RowSpool rows, PageLimits limits) throws IOException {
        PageRows page = new PageRows(columns, rows, limits);
        page.share();
        return page;
    }

    /** Gives each kind an equal share. What a kind with few rows does not need goes to the others. */
    private void share() throws IOException {
        List<ChangeKind> fewestFirst = new ArrayList<>(ChangeReport.KINDS);
        fewestFirst.sort(Comparator.comparingLong(rows::count));
        long rowsLeft = limits.rows();
        long bytesLeft = limits.bytes();
        for (int i = 0; i < fewestFirst.size(); i++) {
            int kinds = fewestFirst.size() - i;
            Taken taken = taken(fewestFirst.get(i), rowsLeft / kinds, bytesLeft / kinds);
            shown.put(fewestFirst.get(i), taken.rows);
            rowsLeft -= taken.rows;
            bytesLeft -= taken.bytes;
        }
    }

    private static final class Taken {
        long rows;
        long bytes;
    }

    private Taken taken(ChangeKind kind, long mostRows, long mostBytes) throws IOException {
        Taken taken = new Taken();
        rows.forEach(kind, row -> {
            long length = json(row).getBytes(StandardCharsets.UTF_8).length;
            if (taken.rows == mostRows || taken.bytes + length > mostBytes) {
                return false;
            }
            taken.rows++;
            taken.bytes += length;
            return true;
        });
        return taken;
    }

    PageLimits limits() {
        return limits;
    }

    long shown(ChangeKind kind) {
        return shown.getOrDefault(kind, 0L);
    }

    long shownCount() {
        return shown.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Takes the rows of the page in turn, as JSON. */
    interface Receiver {
        void take(String json) throws IOException;
    }

    void forEach(Receiver receiver) throws IOException {
        for (ChangeKind kind : ChangeReport.KINDS) {
            long[] left = {shown(kind)};
            if (left[0] > 0) {
                rows.forEach(kind, row -> {
                    receiver.take(json(row));
                    return --left[0] > 0;
                });
            }
        }
    }

    private String json(ReportRow row) {
        StringBuilder json = new StringBuilder(256);
        json.append('[').append(ChangeReport.KINDS.indexOf(row.kind())).append(",[");
        if (row.key().isEmpty() && !columns.hidesKey()) {
            JsonText.append(json, row.identity().toString());
        }
        for (int i = 0; i < row.key().size(); i++) {
            json.append(i == 0 ? "" : ",");
            text(json, row.key().get(i));
        }
        json.append("],");
        Optional<ReportRow.Side> side = row.after().or(row::before);
        json.append(side.map(ReportRow.Side::layout).orElse(-1)).append(",[");
        side.ifPresent(cells -> {
            for (int i = 0; i < cells.texts().size(); i++) {
                json.append(i == 0 ? "" : ",");
                text(json, cells.texts().get(i));
            }
        });
        json.append(']');
        if (row.kind() == ChangeKind.CHANGED) {
            json.append(',');
            differences(json, row);
        }
        return json.append(']').toString();
    }

    private void differences(StringBuilder json, ReportRow row) {
        if (row.before().isEmpty() || row.after().isEmpty()) {
            json.append("null");
            return;
        }
        json.append('[');
        String separator = "";
        for (ReportRow.Difference cell : row.differences(columns.layouts())) {
            separator = difference(json, separator, cell.column(), cell.before(), cell.counts() ? 1 : 0);
        }
        Map<Integer, Boolean> later = new HashMap<>();
        for (int column : columns.layouts().get(row.after().get().layout())) {
            later.put(column, true);
        }
        int[] earlier = columns.layouts().get(row.before().get().layout());
        for (int i = 0; i < earlier.length; i++) {
            if (!later.containsKey(earlier[i])) {
                separator = difference(
                        json, separator, earlier[i], row.before().get().texts().get(i), 0);
            }
        }
        json.append(']');
    }

    private static String difference(
            StringBuilder json, String separator, int column, Optional<String> before, int counts) {
        json.append(separator).append('[').append(column).append(',');
        text(json, before);
        json.append(',').append(counts).append(']');
        return ",";
    }

    private static void text(StringBuilder json, Optional<String> text) {
        if (text.isPresent()) {
            JsonText.append(json, text.get());
        } else {
            json.append("null");
        }
    }
}
