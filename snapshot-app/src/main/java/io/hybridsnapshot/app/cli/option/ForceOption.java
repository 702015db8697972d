package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.output.Replacement;
import picocli.CommandLine.Option;

/** Consent to replace an existing file that is not replaced otherwise. */
public final class ForceOption {
    @Option(
            names = "--force",
            order = 44,
            description =
                    "Replace an existing output file of any kind. An input of the same call is never " + "replaced.")
    private boolean force;

    /** The files that may be replaced; {@code documented} is the command's own rule. */
    public Replacement or(Replacement documented) {
        return force ? Replacement.ALWAYS : documented;
    }
}
