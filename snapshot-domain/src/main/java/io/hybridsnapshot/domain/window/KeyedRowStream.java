package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.encoding.KeyedHashes;
import java.util.Optional;

/** A stream of identities and hashes, read once, in one thread, and closed by whoever opened it. */
public interface KeyedRowStream extends AutoCloseable {
    /** The next rows, never none, or empty at the end. */
    Optional<KeyedHashes> next();

    @Override
    void close();
}
