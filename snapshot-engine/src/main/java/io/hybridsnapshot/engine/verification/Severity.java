package io.hybridsnapshot.engine.verification;

/** How bad a finding is. */
public enum Severity {
    /** Something stored is not what was stored, or is gone. */
    ERROR,
    /** Nothing is known to be lost or changed, but somebody should look. */
    WARNING
}
