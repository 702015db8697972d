package io.hybridsnapshot.parquet;

/** How the pages of a Parquet file are compressed. The names are those of the format. */
public enum Compression {
    /** Zstandard (RFC 8878), levels 1 to 22. */
    ZSTD(3, 1, 22),
    /** Snappy; it has no levels. */
    SNAPPY(0, 0, 0),
    /** GZIP (RFC 1952), levels 1 to 9. */
    GZIP(6, 1, 9),
    /** A plain LZ4 block without a frame; it has no levels. */
    LZ4_RAW(0, 0, 0),
    /** As they are. */
    UNCOMPRESSED(0, 0, 0);

    private final int defaultLevel;
    private final int lowestLevel;
    private final int highestLevel;

    Compression(int defaultLevel, int lowestLevel, int highestLevel) {
        this.defaultLevel = defaultLevel;
        this.lowestLevel = lowestLevel;
        this.highestLevel = highestLevel;
    }

    /** The default level; 0 for a compression without levels. */
    public int defaultLevel() {
        return defaultLevel;
    }

    /** The lowest level, inclusive. */
    public int lowestLevel() {
        return lowestLevel;
    }

    /** The highest level, inclusive. */
    public int highestLevel() {
        return highestLevel;
    }
}
