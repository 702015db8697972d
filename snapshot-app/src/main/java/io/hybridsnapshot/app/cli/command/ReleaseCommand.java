package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.ArchiveArgument;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
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
    private final Terminal terminal;
    private final Sessions sessions;

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

    ReleaseCommand(Terminal terminal, Sessions sessions) {
        this.terminal = terminal;
        this.sessions = sessions;
    }

    @Override
    public Integer call() {
        try (Session session = sessions.open()) {
            ArchiveId id = NamedArchive.find(session, archive);
            boolean wasHeld = session.environment()
                    .archive()
                    .find(id)
                    .flatMap(ArchivedSnapshot::hold)
                    .isPresent();
            ArchivedSnapshot released = release(session.environment().archiveHolds(), id);
            if (terminal.json()) {
                terminal.print(Json.object(
                        "command",
                        "release",
                        "dataset",
                        archive.dataset(),
                        "wasHeld",
                        wasHeld,
                        "archive",
                        SnapshotView.json(released)));
            } else {
                terminal.console()
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
            throw ForeignHold.overridable(e, "--force ends its hold");
        }
    }
}
