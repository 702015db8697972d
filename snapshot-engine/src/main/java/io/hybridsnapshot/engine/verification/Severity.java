package io.hybridsnapshot.engine.verification;

/** How bad a finding is. */
public enum Severity {
    /** Stored data differs from the data that was written, or is gone. */
    ERROR,
    /** No loss or change is known, but a person should check. */
    WARNING
}
