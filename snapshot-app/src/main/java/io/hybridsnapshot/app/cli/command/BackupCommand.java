package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.backup.BackUpStores;
import io.hybridsnapshot.app.backup.BackupFile;
import io.hybridsnapshot.app.backup.BackupSummary;
import io.hybridsnapshot.app.cli.option.ForceOption;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Stopwatch;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.EncryptionSection;
import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.app.output.Replacement;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code snapshot backup}. */
@Command(
        name = "backup",
        description = {
            "Writes window and archive, as they are at one moment, into one file that only its owner can read.",
            "The file does not hold the configuration, keys of encrypted archives, and files that wait in the outbox."
                    + " Carried columns and the window's rows are not encrypted."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  snapshot backup snapshots.zip", "  snapshot backup /mnt/backup/snapshots.zip --json"})
final class BackupCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Configurations configurations;
    private final Supplier<BackUpStores> backups;

    @Parameters(
            paramLabel = "FILE",
            description = "The file, a ZIP. An earlier backup is replaced once the new one is complete. - is stdout.")
    private Path file;

    @Mixin
    private ForceOption force;

    BackupCommand(Terminal terminal, Configurations configurations, Supplier<BackUpStores> backups) {
        this.terminal = terminal;
        this.configurations = configurations;
        this.backups = backups;
    }

    @Override
    public Integer call() {
        Stopwatch stopwatch = new Stopwatch();
        Replacement earlier = BackupCommand::isBackup;
        OutputFile output = terminal.output(file, force.or(earlier), configurations.configuredFiles())
                .ownerOnlyUnless(earlier);
        BackUpStores.Result result;
        try (PendingOutput pending = terminal.open(output)) {
            result = output.isRegular()
                    ? backups.get().writeChecked(pending)
                    : backups.get().write(pending);
        }
        List<String> remarks = remarks(result);
        BackupSummary contents = result.contents();
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command", "backup",
                    "file", terminal.resolve(file),
                    "bytes", result.bytes(),
                    "datasets", contents.datasets(),
                    "archives", contents.archives(),
                    "currentRows", contents.currentRows(),
                    "awaitedArchives", result.awaited(),
                    "remarks", remarks,
                    "seconds", stopwatch.seconds()));
            return ExitCode.DONE.value();
        }
        String line = "Backed up " + contents.text() + " to " + file + ", " + Amounts.size(result.bytes()) + ", in "
                + Amounts.duration(stopwatch.elapsed());
        if (output.isStdout()) {
            terminal.remark(line);
        } else {
            terminal.print(List.of(line));
        }
        remarks.forEach(terminal::remark);
        return ExitCode.DONE.value();
    }

    private List<String> remarks(BackUpStores.Result result) {
        List<String> remarks = new ArrayList<>();
        if (result.awaited() > 0) {
            remarks.add(Amounts.counted(result.awaited(), "archive")
                    + (result.awaited() == 1 ? " waits" : " wait")
                    + " in an outbox and is not in the backup: run 'snapshot recover', then 'snapshot backup' again");
        }
        if (!(configurations.configuration().encryption() instanceof EncryptionSection.Off)) {
            remarks.add("The keys of the archives are not in the backup: keep a copy of the key file elsewhere");
        }
        return remarks;
    }

    private static boolean isBackup(Path existing) {
        try {
            return BackupFile.isBackup(existing);
        } catch (IOException e) {
            return false;
        }
    }
}
