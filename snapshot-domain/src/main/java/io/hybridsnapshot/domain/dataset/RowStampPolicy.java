package io.hybridsnapshot.domain.dataset;

/**
 * The stamps of rows in the window's current table: {@code snapshot_date}, {@code batch_id}, {@code records_count} and
 * {@code parquet_archive_id}. A store that has no existing readers of these columns MAY ignore the policy.
 */
public enum RowStampPolicy {
    /** Each save stamps all rows of the partition, so that readers may select the newest ones by date or batch. */
    SNAPSHOT,
    /** A row keeps the stamps of the snapshot with which its version appeared. A save leaves unchanged rows alone. */
    VERSION
}
