package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.error.SnapshotException;

/**
 * Counts the bytes of the pages and dictionaries that a stream holds decompressed, and refuses more than a third of the
 * heap. Even a small file may hold pages of any size. For one thread.
 */
final class PageMemory {
    private static final long MOST_BYTES = Runtime.getRuntime().maxMemory() / 3;

    private final String file;
    private final long most;
    private long held;

    PageMemory(String file) {
        this(file, MOST_BYTES);
    }

    PageMemory(String file, long most) {
        this.file = file;
        this.most = most;
    }

    /**
     * Takes this number of bytes and returns it.
     *
     * @throws SnapshotException INVALID_REQUEST if the total exceeds the limit
     */
    long take(long bytes) {
        if (bytes > most - held) {
            throw SnapshotException.invalidRequest("the pages of a Parquet file need more memory than is available")
                    .where(file)
                    .actual(held + bytes + " bytes")
                    .expected("at most " + most + ", a third of the heap")
                    .nextStep("give the program a larger heap, or write the file anew with smaller pages")
                    .build();
        }
        held += bytes;
        return bytes;
    }

    /** Returns bytes taken before. */
    void release(long bytes) {
        held -= bytes;
    }
}
