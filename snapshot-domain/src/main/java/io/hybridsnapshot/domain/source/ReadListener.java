package io.hybridsnapshot.domain.source;

/**
 * Receives how far the reading of a source has come. Called in the thread that reads, at most once for each batch or
 * block of cells. MUST be quick and MUST NOT throw.
 */
@FunctionalInterface
public interface ReadListener {
    /** The purposes of a reading. */
    enum Purpose {
        /** The types of the columns are inferred. */
        TYPES,
        /** The rows are read. */
        ROWS
    }

    /** Ignores all calls. */
    ReadListener NONE = (purpose, done, total) -> {};

    /**
     * Reports the part that was read.
     *
     * @param done the part, in any unit, from 0 to {@code total}; the bytes of a file, for example
     * @param total the whole in the same unit, at least 1
     */
    void at(Purpose purpose, long done, long total);
}
