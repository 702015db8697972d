package io.hybridsnapshot.engine.verification;

/** The severity of a finding. */
public enum Severity {
    /** Stored data differs from the data that was written, or is gone. */
    ERROR,
    /** No loss or change is known, but a person should check. */
    WARNING
}
