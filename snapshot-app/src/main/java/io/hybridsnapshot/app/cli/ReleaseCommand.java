package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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

    @Parameters(index = "0", paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Parameters(
            index = "1",
            paramLabel = "SNAPSHOT",
            description = "Which archive: archive:N, id:UUID, a date or moment, 7d, current or previous.")
    private String reference;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "NAME",
            order = 20,
            defaultValue = "ALL",
            description = "The part of the dataset that a date or 'current' means (default: ALL).")
    private String partition;

    @Override
    public Integer call() {
        try (Session session = program.open()) {
            ArchiveId id = HeldArchive.named(session, name, partition, reference);
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
                        name,
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
