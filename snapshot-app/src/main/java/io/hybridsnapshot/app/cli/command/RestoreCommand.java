package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.backup.BackupFile;
import io.hybridsnapshot.app.backup.BackupSummary;
import io.hybridsnapshot.app.backup.RestoreStores;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Stopwatch;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot restore}. */
@Command(
        name = "restore",
        description = {
            "Fills an empty window and an empty archive from a backup: both completely, or neither.",
            "The stores are those of the configuration, the embedded PostgreSQL or servers of your own. A store with"
                    + " other rows is refused. Snapshots, archives, holds and numbers are as they were."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot restore snapshots.zip --check      reads the file alone",
            "  snapshot restore snapshots.zip --home /srv/snapshots"
        })
final class RestoreCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Supplier<RestoreStores> stores;

    @Parameters(paramLabel = "FILE", description = "A file that 'snapshot backup' has written.")
    private Path file;

    @Option(
            names = "--check",
            order = 1,
            description = "Compare all members of the file with their digests, and restore nothing.")
    private boolean check;

    RestoreCommand(Terminal terminal, Supplier<RestoreStores> stores) {
        this.terminal = terminal;
        this.stores = stores;
    }

    @Override
    public Integer call() {
        Stopwatch stopwatch = new Stopwatch();
        try (BackupFile backup = BackupFile.open(terminal.resolve(file), file)) {
            String outcome;
            if (check) {
                backup.check();
                outcome = "CHECKED";
            } else {
                outcome = stores.get().restore(backup).name();
            }
            print(outcome, backup.summary(), stopwatch);
        }
        return ExitCode.DONE.value();
    }

    private void print(String outcome, BackupSummary contents, Stopwatch stopwatch) {
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command", "restore",
                    "file", terminal.resolve(file),
                    "outcome", outcome,
                    "createdAt", contents.createdAt(),
                    "datasets", contents.datasets(),
                    "archives", contents.archives(),
                    "currentRows", contents.currentRows(),
                    "seconds", stopwatch.seconds()));
            return;
        }
        String what = contents.text() + " of " + Amounts.date(contents.createdAt());
        String time = ", in " + Amounts.duration(stopwatch.elapsed());
        terminal.print(List.of(
                switch (outcome) {
                    case "CHECKED" -> "The backup is complete: " + what + time;
                    case "ALREADY_THERE" -> "Nothing was done: the stores hold this backup already: " + what + time;
                    default -> "Restored " + what + time;
                }));
        if (outcome.equals("RESTORED")) {
            terminal.remark("Check the stores with 'snapshot verify', and what a save left with 'snapshot recover'");
        }
    }
}
