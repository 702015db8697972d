package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.ArchiveArgument;
import io.hybridsnapshot.app.cli.option.OwnerOption;
import io.hybridsnapshot.app.cli.option.References;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.error.SafeText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.retention.HoldArchives;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code snapshot hold}. */
@Command(
        name = "hold",
        description = {
            "Holds an archive. Neither the retention rules nor a user can remove it before a given "
                    + "day or its release.",
            "Replaces a hold of the same owner; replaces another owner's only with --replace."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot hold orders archive:12 --reason \"audit 2026\" --owner finance --until 2027-04-01",
            "  snapshot hold orders 2026-09-27 --reason \"case 4711\"",
        })
final class HoldCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Supplier<DatasetCatalogue> datasets;
    private final Supplier<KnownDatasets> known;
    private final Supplier<HoldArchives> holds;

    @Option(names = "--replace", order = 4, description = "Replace another owner's hold.")
    private boolean replace;

    @Mixin
    private ArchiveArgument archive;

    @Option(names = "--reason", paramLabel = "TEXT", required = true, order = 1, description = "Reason for the hold.")
    private String reason;

    @Mixin
    private OwnerOption owner;

    @Option(
            names = "--until",
            paramLabel = "DATE",
            order = 3,
            description = "Day (UTC) on which the hold ends (default: it ends with its release).")
    private String until;

    HoldCommand(
            Terminal terminal,
            Supplier<DatasetCatalogue> datasets,
            Supplier<KnownDatasets> known,
            Supplier<HoldArchives> holds) {
        this.terminal = terminal;
        this.datasets = datasets;
        this.known = known;
        this.holds = holds;
    }

    @Override
    public Integer call() {
        KnownNames.requireDataset(known.get(), archive.dataset());
        HoldArchives archives = holds.get();
        ArchiveId id = archives.find(datasets.get().named(archive.dataset()), archive.partition(), archive.reference())
                .id();
        Hold hold = new Hold(
                Optional.of(owner.owner()),
                reason,
                Optional.ofNullable(until)
                        .map(text -> day(text, terminal.console().clock())));
        ArchivedSnapshot held = hold(archives, id, hold);
        if (terminal.json()) {
            terminal.print(
                    Json.object("command", "hold", "dataset", archive.dataset(), "archive", SnapshotView.json(held)));
        } else {
            terminal.console().out().println("Archive " + id + " is held: " + SafeText.value(hold.toString()));
        }
        return ExitCode.DONE.value();
    }

    private ArchivedSnapshot hold(HoldArchives archives, ArchiveId id, Hold hold) {
        if (replace) {
            return archives.hold(id, hold, HoldArchives.ForeignHold.OVERRIDE);
        }
        try {
            return archives.hold(id, hold, HoldArchives.ForeignHold.KEEP);
        } catch (SnapshotException e) {
            throw ForeignHold.overridable(e, "--replace takes the place of its hold");
        }
    }

    /** A day to come. */
    private static LocalDate day(String text, Clock clock) {
        LocalDate today = LocalDate.now(clock.withZone(ZoneOffset.UTC));
        return References.date(text)
                .filter(day -> day.isAfter(today))
                .orElseThrow(() -> SnapshotException.invalidRequest("option --until")
                        .actual("'" + text + "'")
                        .expected("a day after today, " + today + " UTC, such as " + today.plusYears(1))
                        .build());
    }
}
