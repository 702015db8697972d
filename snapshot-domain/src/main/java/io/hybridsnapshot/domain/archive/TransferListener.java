package io.hybridsnapshot.domain.archive;

/**
 * Receives how much of a file was sent. Called in the thread that sends, once for each piece. MUST be quick and MUST
 * NOT throw.
 */
@FunctionalInterface
public interface TransferListener {
    /** Ignores all calls. */
    TransferListener NONE = bytes -> {};

    /** Reports the bytes that were sent since the file's start. */
    void sent(long bytes);
}
