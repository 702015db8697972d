package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.output.Replacement;
import picocli.CommandLine.Option;

/** Consent to replace an existing file that is not replaced otherwise. */
public final class ForceOption {
    @Option(
            names = "--force",
            order = 44,
            description = "Replace an existing output file that is not replaced otherwise. Never an input of the call.")
    private boolean force;

    /** The files that may be replaced; {@code documented} is the command's own rule. */
    public Replacement or(Replacement documented) {
        return force ? Replacement.ALWAYS : documented;
    }
}
