package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.config.ConfigurationLoader;
import io.hybridsnapshot.app.report.ConfigurationView;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code snapshot config}. */
@Command(
        name = "config",
        description = "Shows the settings that take effect and where each comes from. Passwords are shown as ***.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot config",
            "  snapshot config --example",
            "  KESTRA_POSTGRES_HOST=db KESTRA_POSTGRES_USER=me snapshot config --json"
        })
final class ConfigCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Configurations configurations;

    @Option(
            names = "--example",
            description = "Print a configuration file with all settings, switched off and explained.")
    private boolean example;

    ConfigCommand(Terminal terminal, Configurations configurations) {
        this.terminal = terminal;
        this.configurations = configurations;
    }

    @Override
    public Integer call() {
        if (example) {
            printExample();
            return ExitCode.DONE.value();
        }
        Configuration configuration = terminal.verbose()
                ? ConfigurationLoader.load(configurations.request())
                : configurations.configuration();
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command",
                    "config",
                    "file",
                    configuration.file(),
                    "settings",
                    configuration.settings().stream()
                            .map(setting -> Json.object(
                                    "name", setting.name(), "value", setting.value(), "origin", setting.origin()))
                            .toList(),
                    "datasets",
                    List.copyOf(configuration.datasets().keySet())));
        } else {
            terminal.print(ConfigurationView.lines(configuration));
        }
        return ExitCode.DONE.value();
    }

    private void printExample() {
        if (terminal.json()) {
            throw SnapshotException.invalidRequest("options that do not go together")
                    .actual("--example and --json")
                    .expected("one of them; the example is YAML")
                    .build();
        }
        try (InputStream text = ConfigCommand.class.getResourceAsStream("example.yaml")) {
            terminal.console().out().print(new String(text.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
