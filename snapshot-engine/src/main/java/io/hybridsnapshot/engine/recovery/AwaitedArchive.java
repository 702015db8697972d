package io.hybridsnapshot.engine.recovery;

/** The place of the file that is to become a published snapshot's archive. */
public enum AwaitedArchive {
    /** It waits in the outbox of this work directory. */
    HERE,
    /** The file waits in the outbox of another host or work directory, according to the ledger. */
    ELSEWHERE,
    /** The file was in this outbox and is gone. */
    LOST
}
