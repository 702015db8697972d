package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.domain.archive.ArchiveHolds;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code snapshot release}. */
@Command(
        name = "release",
        description = {
            "Ends the hold of an archive; from then on the retention rules decide.",
            "Another owner's hold, while it is in force, only with --force."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot release orders archive:12",
            "  snapshot release orders archive:12 --owner finance",
        })
final class ReleaseCommand implements Callable<Integer> {
    @ParentCommand
    private SnapshotCommand program;

    @Mixin
    private ArchiveArgument archive;

    @Option(
            names = "--owner",
            paramLabel = "NAME",
            order = 1,
            description = "Who held it (default: the user who runs this).")
    private String owner;

    @Option(names = "--force", order = 2, description = "End the hold whoever owns it.")
    private boolean force;

    @Override
    public Integer call() {
        try (Session session = program.open()) {
            ArchiveId id = archive.find(session);
            boolean wasHeld = session.environment()
                    .archive()
                    .find(id)
                    .flatMap(ArchivedSnapshot::hold)
                    .isPresent();
            ArchivedSnapshot released = release(session.environment().archiveHolds(), id);
            if (program.json()) {
                program.print(Json.object(
                        "command",
                        "release",
                        "dataset",
                        archive.dataset(),
                        "wasHeld",
                        wasHeld,
                        "archive",
                        SnapshotView.json(released)));
            } else {
                program.console()
                        .out()
                        .println("Archive " + id
                                + (wasHeld ? " is held no longer." : " was not held; nothing was changed."));
            }
            return ExitCode.DONE.value();
        }
    }

    private ArchivedSnapshot release(ArchiveHolds store, ArchiveId id) {
        if (force) {
            return store.release(id);
        }
        try {
            return store.release(
                    id, Optional.ofNullable(owner).orElseGet(() -> System.getProperty("user.name", "unknown")));
        } catch (SnapshotException e) {
            throw overridable(e, "--force ends its hold");
        }
    }

    /** The same error; for another owner's hold, with the option that overrides it. */
    static SnapshotException overridable(SnapshotException error, String option) {
        if (error.kind() != SnapshotException.Kind.CONFLICT || error.where().isEmpty()) {
            return error;
        }
        return SnapshotException.of(error.kind(), error.problem())
                .where(error.where().get())
                .actual(error.actual().orElse("another hold"))
                .expected(error.expected().orElse("no hold"))
                .nextStep("ask its owner; " + option)
                .cause(error)
                .build();
    }
}
