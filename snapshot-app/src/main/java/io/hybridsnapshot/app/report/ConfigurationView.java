package io.hybridsnapshot.app.report;

import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.config.Setting;
import java.util.ArrayList;
import java.util.List;

/** Renders a configuration. Stateless. */
public final class ConfigurationView {
    private ConfigurationView() {}

    /** Every setting, its value and its origin, and the names of the datasets. */
    public static List<String> lines(Configuration configuration) {
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
