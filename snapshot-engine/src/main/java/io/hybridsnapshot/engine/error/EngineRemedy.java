package io.hybridsnapshot.engine.error;

import io.hybridsnapshot.domain.error.Remedy;

/** The remedies that the engine refers to, beside those of the domain and the consents to a save. */
public enum EngineRemedy implements Remedy {
    /** The comparison of two states; a noun. */
    COMPARISON("CompareSnapshots"),
    /** The clean-up by retention rules; a noun. */
    CLEAN_UP("CleanUpSnapshots"),
    /** The choice of a partition. */
    PARTITION("the request's partition"),
    /** The choice of some archives for a redaction. */
    ARCHIVES("RedactionRequest.within"),
    /** The consent to a redaction while saves are unfinished. */
    ACCEPT_UNFINISHED("RedactionRequest.acceptingUnfinished"),
    /** A comparison without the cells of changed rows. */
    WITHOUT_DETAILS("no DetailRequest"),
    /** The hash spec of rows that a foreign writer wrote. */
    HASH_SPEC("the request's foreign hashes"),
    /** The time zone in which a foreign writer dates its snapshots. */
    TAKE_OVER_ZONE("SnapshotEnvironment.withForeignZone"),
    /** Columns that a comparison ignores; a noun. */
    IGNORED_COLUMNS("the ignored columns"),
    /** Differences of numbers that a comparison tolerates; a noun. */
    TOLERANCES("the tolerances"),
    /** The forgiveness of upper and lower case; a noun. */
    IGNORED_CASE("the forgiven case"),
    /** The forgiveness of white space; a noun. */
    IGNORED_SPACE("the forgiven white space"),
    /** The declaration of a column's type; a noun. */
    COLUMN_TYPE("the source's declared types"),
    /** A file with one key a line; a noun. */
    KEY_LINES("KeyTexts.ofLines");

    private final String words;

    EngineRemedy(String words) {
        this.words = words;
    }

    @Override
    public String words() {
        return words;
    }
}
