package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code snapshot release}. */
@Command(
        name = "release",
        description = "Ends the hold of an archive; from then on the retention rules decide.",
        footerHeading = "%nExamples:%n",
        footer = {"  snapshot release orders archive:12"})
final class ReleaseCommand implements Callable<Integer> {
    @ParentCommand
    private SnapshotCommand program;

    @Mixin
    private ArchiveArgument archive;

    @Override
    public Integer call() {
        try (Session session = program.open()) {
            ArchiveId id = archive.find(session);
            boolean wasHeld = session.environment()
                    .archive()
                    .find(id)
                    .flatMap(ArchivedSnapshot::hold)
                    .isPresent();
            ArchivedSnapshot released = session.environment().archive().release(id);
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
}
