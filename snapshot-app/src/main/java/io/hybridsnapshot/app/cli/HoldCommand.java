package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code snapshot hold}. */
@Command(
        name = "hold",
        description = {
            "Keeps an archive from being removed, whatever the retention rules say and whoever tries, until a day or until it is released.",
            "A hold that is there is replaced."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot hold orders archive:12 --reason \"audit 2026\" --owner finance --until 2027-04-01",
            "  snapshot hold orders 2026-09-27 --reason \"case 4711\"",
        })
final class HoldCommand implements Callable<Integer> {
    @ParentCommand
    private SnapshotCommand program;

    @Parameters(index = "0", paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Parameters(
            index = "1",
            paramLabel = "SNAPSHOT",
            description = "Which archive: archive:N, id:UUID, a date or moment, 7d, current or previous.")
    private String reference;

    @Option(names = "--reason", paramLabel = "TEXT", required = true, order = 1, description = "Why it is held.")
    private String reason;

    @Option(
            names = "--owner",
            paramLabel = "NAME",
            order = 2,
            description = "Who holds it (default: the user who runs this).")
    private String owner;

    @Option(
            names = "--until",
            paramLabel = "DATE",
            order = 3,
            description = "The first day, UTC, on which it holds no longer (default: until it is released).")
    private String until;

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
            Hold hold = new Hold(
                    Optional.of(Optional.ofNullable(owner).orElseGet(() -> System.getProperty("user.name", "unknown"))),
                    reason,
                    Optional.ofNullable(until)
                            .map(text -> HeldArchive.day(text, program.console().clock())));
            ArchivedSnapshot held = session.environment().archive().hold(id, hold);
            if (program.json()) {
                program.print(Json.object("command", "hold", "dataset", name, "archive", SnapshotView.json(held)));
            } else {
                program.console().out().println("Archive " + id + " is held: " + hold);
            }
            return ExitCode.DONE.value();
        }
    }
}
