package io.hybridsnapshot.engine.recovery;

/** Where the file is that is to become a published snapshot's archive. */
public enum AwaitedArchive {
    /** It waits in the outbox of this work directory. */
    HERE,
    /** It waits in the outbox of another host or work directory, as far as the ledger tells. */
    ELSEWHERE,
    /** It was in this outbox and is gone. */
    LOST
}
