package io.hybridsnapshot.postgres.archive;

import io.hybridsnapshot.domain.snapshot.ArchiveId;

/** Told of every archive that is opened and of every range of its bytes that was fetched from the server; called in the reading thread. */
@FunctionalInterface
public interface FetchListener {
    /** Tells nobody. */
    FetchListener NONE = (archive, bytes) -> {};

    /** An archive was opened whose file has {@code length} bytes; none is fetched yet. */
    default void opened(ArchiveId archive, long length) {}

    /** {@code bytes} bytes of a file came over the connection in one round trip. */
    void fetched(ArchiveId archive, long bytes);
}
