package io.hybridsnapshot.domain.delta;

/** The kinds of difference of a row between two snapshots. */
public enum ChangeKind {
    /** Only the later snapshot has it. */
    NEW,
    /** Both have it, with different hashes. */
    CHANGED,
    /** Both have it, with equal hashes. */
    UNCHANGED,
    /** Only the earlier snapshot has it. */
    DELETED
}
