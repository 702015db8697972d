package io.hybridsnapshot.postgres.archive;

import io.hybridsnapshot.domain.snapshot.ArchiveId;

/** Told of every range of an archive's bytes that was fetched from the server; called in the reading thread. */
@FunctionalInterface
public interface FetchListener {
    /** Tells nobody. */
    FetchListener NONE = (archive, bytes) -> {};

    /** {@code bytes} bytes of a file came over the connection in one round trip. */
    void fetched(ArchiveId archive, long bytes);
}
