package io.hybridsnapshot.app.demo;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.samples.SampleFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/**
 * A sample file in maps of texts, parsed character by character: slow, plain, and sharing no code with the platform.
 */
record NaiveTable(List<String> columns, Map<String, Map<String, String>> rows) {
    static NaiveTable of(String sample, String key) throws IOException {
        String text;
        try (InputStream in = new GZIPInputStream(SampleFiles.open(sample))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<List<String>> records = parse(text);
        List<String> header = records.get(0);
        Map<String, Map<String, String>> rows = new LinkedHashMap<>();
        for (List<String> record : records.subList(1, records.size())) {
            Map<String, String> row = new HashMap<>();
            for (int i = 0; i < header.size(); i++) {
                row.put(header.get(i), record.get(i));
            }
            rows.put(row.get(key), row);
        }
        return new NaiveTable(header, rows);
    }

    private static List<List<String>> parse(String text) {
        List<List<String>> records = new ArrayList<>();
        List<String> record = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    cell.append('"');
                    i++;
                } else if (c == '"') {
                    quoted = false;
                } else {
                    cell.append(c);
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == ',' || c == '\n') {
                record.add(cell.toString());
                cell.setLength(0);
                if (c == '\n') {
                    records.add(record);
                    record = new ArrayList<>();
                }
            } else if (c != '\r') {
                cell.append(c);
            }
        }
        if (!record.isEmpty() || cell.length() > 0) {
            record.add(cell.toString());
            records.add(record);
        }
        return records;
    }

    long cells() {
        return (long) columns.size() * rows.size();
    }

    /** The columns that both tables have. */
    Set<String> sharedWith(NaiveTable other) {
        Set<String> shared = new TreeSet<>(columns);
        shared.retainAll(other.columns);
        return shared;
    }

    /** The changes from the rows of an earlier table, on the columns that both have. */
    DeltaSummary since(NaiveTable earlier) {
        long added = 0;
        long changed = 0;
        long unchanged = 0;
        for (Map.Entry<String, Map<String, String>> row : rows.entrySet()) {
            Map<String, String> before = earlier.rows.get(row.getKey());
            if (before == null) {
                added++;
            } else if (differingColumns(before, row.getValue(), sharedWith(earlier))
                    .isEmpty()) {
                unchanged++;
            } else {
                changed++;
            }
        }
        long deleted = earlier.rows.keySet().stream()
                .filter(key -> !rows.containsKey(key))
                .count();
        return new DeltaSummary(added, changed, unchanged, deleted);
    }

    /** The number of common rows in which each column differs; columns without differences are left out. */
    Map<String, Long> changedColumnsSince(NaiveTable earlier) {
        Map<String, Long> counts = new HashMap<>();
        rows.forEach((key, row) -> {
            Map<String, String> before = earlier.rows.get(key);
            if (before != null) {
                differingColumns(before, row, sharedWith(earlier))
                        .forEach(column -> counts.merge(column, 1L, Long::sum));
            }
        });
        return counts;
    }

    private static List<String> differingColumns(
            Map<String, String> before, Map<String, String> after, Set<String> columns) {
        return columns.stream()
                .filter(column -> !before.get(column).equals(after.get(column)))
                .toList();
    }
}
