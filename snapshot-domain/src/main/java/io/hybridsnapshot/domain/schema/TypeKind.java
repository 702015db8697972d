package io.hybridsnapshot.domain.schema;

/** The families of column types. {@code docs/row-encoding.md} describes the form of each family in a row hash. */
public enum TypeKind {
    /** True or false. */
    BOOLEAN,
    /** Signed integer of 8 bits. */
    INT8,
    /** Signed integer of 16 bits. */
    INT16,
    /** Signed integer of 32 bits. */
    INT32,
    /** Signed integer of 64 bits. */
    INT64,
    /** Exact decimal of up to 38 digits with a fixed scale. */
    DECIMAL,
    /** IEEE 754 binary32. */
    FLOAT32,
    /** IEEE 754 binary64. */
    FLOAT64,
    /** Unicode text, unbounded. */
    TEXT,
    /** Bytes, unbounded. */
    BINARY,
    /** Day of the proleptic Gregorian calendar. */
    DATE,
    /** Time of day without zone. */
    TIME,
    /** Date and time without zone. */
    TIMESTAMP,
    /** Point in time, kept in UTC. */
    INSTANT,
    /** 128-bit identifier. */
    UUID;

    /** Checks whether values of this family are exact numbers (integers and decimals). */
    public boolean isExactNumber() {
        return isInteger() || this == DECIMAL;
    }

    /** Checks whether values of this family are integers. */
    public boolean isInteger() {
        return this == INT8 || this == INT16 || this == INT32 || this == INT64;
    }

    /** Checks whether values of this family are binary floating point. */
    public boolean isFloat() {
        return this == FLOAT32 || this == FLOAT64;
    }

    /** Checks whether values of this family carry a fraction of a second. */
    public boolean hasFraction() {
        return this == TIME || this == TIMESTAMP || this == INSTANT;
    }
}
