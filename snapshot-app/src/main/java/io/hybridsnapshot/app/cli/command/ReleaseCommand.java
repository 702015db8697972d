package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.ArchiveArgument;
import io.hybridsnapshot.app.cli.option.OwnerOption;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.retention.HoldArchives;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code snapshot release}. */
@Command(
        name = "release",
        description = {
            "Ends the hold of an archive. From then on the retention rules apply to it.",
            "Ends another owner's hold that is in force only with --force."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot release orders archive:12",
            "  snapshot release orders archive:12 --owner finance",
        })
final class ReleaseCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Supplier<DatasetCatalogue> datasets;
    private final Supplier<KnownDatasets> known;
    private final Supplier<HoldArchives> holds;

    @Mixin
    private ArchiveArgument archive;

    @Mixin
    private OwnerOption owner;

    @Option(names = "--force", order = 3, description = "End the hold even if another owner set it.")
    private boolean force;

    ReleaseCommand(
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
        HoldArchives.Released released = release(archives, id);
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command",
                    "release",
                    "dataset",
                    archive.dataset(),
                    "wasHeld",
                    released.wasHeld(),
                    "archive",
                    SnapshotView.json(released.archive())));
        } else {
            terminal.console()
                    .out()
                    .println("Archive " + id
                            + (released.wasHeld() ? " is held no longer." : " was not held; nothing was changed."));
        }
        return ExitCode.DONE.value();
    }

    private HoldArchives.Released release(HoldArchives archives, ArchiveId id) {
        String releasing = owner.owner();
        if (force) {
            return archives.release(id, releasing, HoldArchives.ForeignHold.OVERRIDE);
        }
        try {
            return archives.release(id, releasing, HoldArchives.ForeignHold.KEEP);
        } catch (SnapshotException e) {
            throw ForeignHold.overridable(e, "--force ends its hold");
        }
    }
}
