package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.config.ConfigurationLoader;
import io.hybridsnapshot.app.config.Setting;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code snapshot config}. */
@Command(
        name = "config",
        description = "Shows the settings that take effect and where each comes from. Passwords are shown as ***.",
        footerHeading = "%nExamples:%n",
        footer = {"  snapshot config", "  KESTRA_POSTGRES_HOST=db KESTRA_POSTGRES_USER=me snapshot config --json"})
final class ConfigCommand implements Callable<Integer> {
    @ParentCommand
    private SnapshotCommand program;

    @Override
    public Integer call() {
        Configuration configuration =
                program.verbose() ? ConfigurationLoader.load(program.configurationRequest()) : program.configuration();
        if (program.json()) {
            program.print(Json.object(
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
            program.print(lines(configuration));
        }
        return ExitCode.DONE.value();
    }

    /** Every setting, its value and its origin, and the names of the datasets. */
    static List<String> lines(Configuration configuration) {
        List<String> lines = new ArrayList<>();
        lines.add("file: " + configuration.file().map(Object::toString).orElse("none"));
        TextTable table =
                new TextTable("").text("setting", 60).text("value", 60).text("from", 60);
        for (Setting setting : configuration.settings()) {
            table.row(setting.name(), setting.value(), setting.origin());
        }
        lines.addAll(table.lines());
        lines.add("datasets: "
                + (configuration.datasets().isEmpty()
                        ? "none"
                        : String.join(", ", configuration.datasets().keySet())));
        return lines;
    }
}
