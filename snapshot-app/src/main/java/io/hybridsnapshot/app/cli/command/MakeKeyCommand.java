package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.encryption.KeyFile;
import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.app.output.Replacement;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.encryption.EncryptionKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot make-key}. */
@Command(
        name = "make-key",
        description = {
            "Makes a key for encrypting archives, in a file that only its owner can read.",
            "Archives cannot be read without their key: keep a copy of the file on another machine "
                    + "than the database."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  snapshot make-key snapshot.key", "  snapshot make-key snapshot.key --add"})
final class MakeKeyCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Configurations configurations;

    @Parameters(
            paramLabel = "FILE",
            description = "The key file; an existing one is not overwritten. - prints the key on stdout, for "
                    + "another program.")
    private Path file;

    @Option(
            names = "--add",
            order = 1,
            description = "Add a key to the file, for new archives. The earlier keys still read earlier archives.")
    private boolean add;

    /** Prints a key for another terminal, such as a secret store. */
    private int printed(OutputFile output) {
        if (add) {
            throw SnapshotException.invalidRequest("option --add")
                    .where(file.toString())
                    .actual("a device, a pipe or stdout")
                    .expected("an existing key file")
                    .build();
        }
        EncryptionKeys keys = EncryptionKeys.generate();
        try (PendingOutput pending = terminal.open(output)) {
            pending.stream().write((keys.text() + "\n").getBytes(StandardCharsets.UTF_8));
            pending.finish();
        } catch (IOException e) {
            throw FullDisk.unwritable("the key cannot be written", file, e).build();
        }
        terminal.remark("Made key " + keys.ids().get(0) + "; archives that it encrypts cannot be read without it.");
        return ExitCode.DONE.value();
    }

    MakeKeyCommand(Terminal terminal, Configurations configurations) {
        this.terminal = terminal;
        this.configurations = configurations;
    }

    @Override
    public Integer call() {
        Path path = terminal.resolve(file);
        OutputFile output = terminal.output(file, Replacement.ALWAYS, configurations.configurationFile());
        if (!output.isRegular()) {
            return printed(output);
        }
        EncryptionKeys keys = add ? KeyFile.addKey(path) : KeyFile.create(path);
        String id = keys.ids().get(0);
        if (terminal.json()) {
            terminal.print(Json.object("command", "make-key", "file", path, "key", id, "keys", keys.ids()));
        } else {
            terminal.console()
                    .out()
                    .println(
                            add
                                    ? "Added key " + id + " to " + file + ", which holds "
                                            + keys.ids().size() + " keys; new archives are encrypted with it"
                                    : "Made key " + id + " in " + file + "; now set encryption.key-file, or "
                                            + "SNAPSHOT_ENCRYPTION_KEY_FILE, to it");
            terminal.remark("Keep a copy on another machine than the database: "
                    + "archives that it encrypts cannot be read without it.");
        }
        return ExitCode.DONE.value();
    }
}
