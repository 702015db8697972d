package io.hybridsnapshot.parquet;

/** Which readers the Parquet types of a file are for. The columns read by this codec are the same either way. */
public enum Compatibility {
    /** Each column has the most specific Parquet type. pyarrow, DuckDB and Polars read all of these types. */
    STANDARD,
    /**
     * Leaves out the types that Apache Spark lacks. UUIDs and times of day are texts. Timestamps are microseconds, with
     * the further digits stored beside the rows.
     */
    SPARK
}
