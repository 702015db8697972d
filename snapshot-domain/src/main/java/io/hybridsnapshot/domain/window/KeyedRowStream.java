package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.encoding.KeyedHashes;
import java.util.Optional;

/** A stream of identities and hashes. It is read once, in one thread; the caller that opened the stream closes it. */
public interface KeyedRowStream extends AutoCloseable {
    /** Returns the next rows, at least one; empty at the end. */
    Optional<KeyedHashes> next();

    @Override
    void close();
}
