package io.hybridsnapshot.engine.expectation;

/** The consequence of an expectation that is broken or cannot be checked. */
public enum Otherwise {
    /** A save is refused, and a comparison counts as implausible. */
    REFUSE,
    /** The outcome is reported, and nothing else happens. */
    WARN
}
