package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.Choices;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.embedded.EmbeddedPostgresSettings;
import io.hybridsnapshot.embedded.KeptServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot server}. */
@Command(
        name = "server",
        description = {
            "Keeps the embedded PostgreSQL running between commands, which then start faster.",
            "It stops by itself when no command has used it for a while. Without this command, it starts and stops"
                    + " with the commands that use it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot server start",
            "  snapshot server start --idle 3600",
            "  snapshot server status --json",
            "  snapshot server stop"
        })
final class ServerCommand implements Callable<Integer> {
    /** What to do with the server. */
    enum Action {
        START,
        STOP,
        STATUS
    }

    private final Terminal terminal;
    private final Configurations configurations;

    @Parameters(paramLabel = "ACTION", description = "start, stop or status.")
    private String argument;

    @Option(
            names = "--idle",
            paramLabel = "SECONDS",
            order = 20,
            description = "With start: stop after this time without use (default: the setting server.idle-seconds).")
    private Integer idle;

    ServerCommand(Terminal terminal, Configurations configurations) {
        this.terminal = terminal;
        this.configurations = configurations;
    }

    @Override
    public Integer call() {
        Action action = Choices.find(Action.class, argument)
                .orElseThrow(() -> SnapshotException.invalidRequest("argument ACTION")
                        .actual("'" + argument + "'")
                        .expected(Choices.names(Action.class))
                        .build());
        if (idle != null && action != Action.START) {
            throw SnapshotException.invalidRequest("option --idle")
                    .actual("'" + idle + "' with " + Choices.name(action))
                    .expected("no --idle, which belongs to start")
                    .build();
        }
        if (idle != null && idle < 1) {
            throw SnapshotException.invalidRequest("option --idle")
                    .actual("'" + idle + "'")
                    .expected("a whole number of seconds, 1 or more")
                    .build();
        }
        Configuration configuration = configurations.configuration();
        EmbeddedPostgresSettings settings = EmbeddedPostgresSettings.in(configuration.serverDirectory());
        switch (action) {
            case START -> {
                requireEmbedded(configuration);
                Duration time =
                        Optional.ofNullable(idle).map(Duration::ofSeconds).orElse(configuration.serverIdle());
                KeptServer.Started started = KeptServer.start(settings, time);
                print(started.started() ? "STARTED" : "ALREADY_RUNNING", settings, started.status());
            }
            case STOP -> print(KeptServer.stop(settings).name(), settings, KeptServer.status(settings));
            case STATUS -> {
                KeptServer.Status status = KeptServer.status(settings);
                print(status.running() ? "RUNNING" : "NOT_RUNNING", settings, status);
            }
        }
        return ExitCode.DONE.value();
    }

    private static void requireEmbedded(Configuration configuration) {
        boolean archive = configuration.adapters().archive().isEmpty()
                && configuration.archive().server().isEmpty();
        boolean window = configuration.adapters().window().isEmpty()
                && configuration.window().server().isEmpty();
        if (!archive && !window) {
            throw SnapshotException.invalidRequest("the configuration uses no embedded PostgreSQL")
                    .where(configuration.file().map(Object::toString).orElse("the environment"))
                    .actual("a server for the window and for the archive")
                    .expected("one of them without a server")
                    .nextStep("run the commands without it: nothing has to be kept running")
                    .build();
        }
    }

    private void print(String outcome, EmbeddedPostgresSettings settings, KeptServer.Status status) {
        if (terminal.json()) {
            terminal.print(document(outcome, settings, status));
        } else {
            terminal.print(lines(outcome, settings, status));
        }
    }

    private Map<String, Object> document(String outcome, EmbeddedPostgresSettings settings, KeptServer.Status status) {
        Optional<KeptServer.Keeper> keeper = status.keeper();
        return Json.object(
                "command", "server",
                "action", argument,
                "outcome", outcome,
                "directory", settings.directory(),
                "running", status.running(),
                "port", status.port(),
                "kept", keeper.isPresent(),
                "keeper", keeper.map(KeptServer.Keeper::pid),
                "since", keeper.map(KeptServer.Keeper::since),
                "idleSeconds", keeper.map(each -> each.idle().toSeconds()));
    }

    private static List<String> lines(String outcome, EmbeddedPostgresSettings settings, KeptServer.Status status) {
        List<String> lines = new ArrayList<>();
        lines.add(
                switch (outcome) {
                    case "STARTED" -> "started and kept running";
                    case "ALREADY_RUNNING" -> "kept running already";
                    case "STOPPED" -> "stopped";
                    case "IN_USE" -> "kept no longer; it stops with the last command that uses it";
                    case "RUNNING" ->
                        status.keeper().isPresent()
                                ? "kept running"
                                : "running, not kept; it stops with the last command that uses it";
                    default -> "not running";
                });
        lines.add("  directory: " + settings.directory());
        status.port().ifPresent(port -> lines.add("  port: " + port + ", on 127.0.0.1"));
        status.keeper().ifPresent(keeper -> {
            lines.add("  kept by process " + keeper.pid() + " since " + keeper.since());
            lines.add("  stops after " + keeper.idle().toSeconds() + " seconds without use");
        });
        return lines;
    }
}
