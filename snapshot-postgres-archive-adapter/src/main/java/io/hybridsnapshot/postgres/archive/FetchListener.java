package io.hybridsnapshot.postgres.archive;

import io.hybridsnapshot.domain.snapshot.ArchiveId;

/**
 * Receives a call for every opened archive and for every range of bytes fetched from the server. The reading thread
 * makes the calls.
 */
@FunctionalInterface
public interface FetchListener {
    /** Ignores every call. */
    FetchListener NONE = (archive, bytes) -> {};

    /** An archive with a file of {@code length} bytes was opened; no bytes are fetched yet. */
    default void opened(ArchiveId archive, long length) {}

    /** {@code bytes} bytes of a file came over the connection in one round trip. */
    void fetched(ArchiveId archive, long bytes);
}
