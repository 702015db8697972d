package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.output.Replacement;
import picocli.CommandLine.Option;

/** Consent to replace an existing file that is not replaced otherwise. */
final class ForceOption {
    @Option(
            names = "--force",
            order = 44,
            description = "Replace an existing output file that is not replaced otherwise. Never an input of the call.")
    private boolean force;

    /** What may be replaced, where the command by itself replaces so much. */
    Replacement or(Replacement documented) {
        return force ? Replacement.ALWAYS : documented;
    }
}
