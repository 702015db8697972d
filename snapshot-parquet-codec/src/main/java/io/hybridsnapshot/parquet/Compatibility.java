package io.hybridsnapshot.parquet;

/** Which readers the Parquet types of a file are for. The columns read by this codec are the same either way. */
public enum Compatibility {
    /** Each column has the Parquet type that says most about it; pyarrow, DuckDB and Polars read all of them. */
    STANDARD,
    /**
     * Types that Apache Spark lacks are left out: UUIDs and times of day are texts, and timestamps are microseconds, whose further digits
     * stand beside the rows.
     */
    SPARK
}
