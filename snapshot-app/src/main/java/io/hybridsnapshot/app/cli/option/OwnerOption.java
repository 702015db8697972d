package io.hybridsnapshot.app.cli.option;

import java.util.Optional;
import picocli.CommandLine.Option;

/** The owner of a hold. */
public final class OwnerOption {
    @Option(
            names = "--owner",
            paramLabel = "NAME",
            order = 2,
            description = "Owner of the hold (default: the user who runs this).")
    private String owner;

    /** Returns the owner, who is the user that runs the program if none is named. */
    public String owner() {
        return Optional.ofNullable(owner).orElseGet(() -> System.getProperty("user.name", "unknown"));
    }
}
