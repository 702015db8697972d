package io.hybridsnapshot.app.backup;

import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.postgres.window.PostgresWindowSchema;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/**
 * The contents of a backup in numbers. Immutable.
 *
 * @param createdAt the moment of the backup
 * @param datasets the names of the datasets, sorted
 * @param archives the number of archives
 * @param currentRows the rows of the current snapshots in the window
 */
public record BackupSummary(Instant createdAt, List<String> datasets, long archives, long currentRows) {
    public BackupSummary {
        Objects.requireNonNull(createdAt, "createdAt");
        datasets = List.copyOf(datasets);
    }

    /** The contents as people read them. */
    public String text() {
        return Amounts.counted(datasets.size(), "dataset") + " (" + Amounts.counted(archives, "archive") + ", "
                + Amounts.counted(currentRows, "current row") + " in the window)";
    }

    static BackupSummary of(Manifest manifest) {
        Manifest.StoreContents archive = manifest.of(Store.ARCHIVE);
        Manifest.StoreContents window = manifest.of(Store.WINDOW);
        TreeSet<String> datasets = new TreeSet<>(archive.datasets());
        datasets.addAll(window.datasets());
        long rows = window.datasets().stream()
                .mapToLong(name ->
                        window.rowsOf(PostgresWindowSchema.tablesOf(name).get(0)))
                .sum();
        return new BackupSummary(
                manifest.createdAt(),
                List.copyOf(datasets),
                archive.rowsOf(Store.ARCHIVE.tables().get(0)),
                rows);
    }
}
