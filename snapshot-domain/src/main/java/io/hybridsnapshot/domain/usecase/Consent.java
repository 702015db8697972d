package io.hybridsnapshot.domain.usecase;

/** What a save refuses unless the user says that it is meant. */
public enum Consent {
    /** The source has no rows. */
    EMPTY_SNAPSHOT,
    /** More of the previous snapshot's rows are DELETED than the dataset allows. */
    MANY_DELETED,
    /** No row is UNCHANGED by the hash spec that was named for a foreign snapshot, which may be the wrong one. */
    NO_ROW_MATCHES
}
