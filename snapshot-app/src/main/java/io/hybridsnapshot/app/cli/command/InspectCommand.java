package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.CsvOptions;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.dataset.FileTable;
import io.hybridsnapshot.app.dataset.NamedFile;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.TablesView;
import io.hybridsnapshot.app.report.TextTable;
import io.hybridsnapshot.domain.source.ColumnRenames;
import io.hybridsnapshot.engine.tables.InspectTable;
import io.hybridsnapshot.engine.tables.TableProfile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code snapshot inspect}. */
@Command(
        name = "inspect",
        description = "Shows how a file is read: its format, columns, types, NULLs and keys. Needs no database.",
        footerHeading = "%nExamples:%n",
        footer = {"  snapshot inspect orders.csv", "  snapshot inspect orders.csv --encoding windows-1252"})
final class InspectCommand implements Callable<Integer> {
    private static final int NAME_WIDTH = 50;

    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "A file of CSV, JSON lines, Excel or Parquet; - is stdin.")
    private Path file;

    @Mixin
    private CsvOptions csv;

    InspectCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (WorkFiles work = WorkFiles.make(terminal.console());
                Terminal.Watched watched = terminal.progress()) {
            NamedFile named = work.repeatable(file, terminal.resolve(file));
            FileTable.Given given = csv.given(ColumnRenames.NONE);
            FileTable table = FileTable.of(named, given);
            csv.requireUse(table);
            Optional<String> hint = FileTable.hint(named, given);
            TableProfile profile = new InspectTable(work.environment()).inspect(table.rows(), watched.progress());
            watched.done();
            if (terminal.json()) {
                terminal.print(Json.object(
                        "command",
                        "inspect",
                        "file",
                        file.toString(),
                        "readAs",
                        table.form(),
                        "rows",
                        profile.rows(),
                        "columns",
                        profile.columns().stream()
                                .map(column -> Json.object(
                                        "column",
                                        column.column().name(),
                                        "type",
                                        column.column().type(),
                                        "nulls",
                                        column.nulls()))
                                .toList(),
                        "keys",
                        profile.keys(),
                        "remark",
                        profile.remark(),
                        "hint",
                        hint));
            } else {
                terminal.print(lines(table, profile, hint));
            }
            return ExitCode.DONE.value();
        }
    }

    private List<String> lines(FileTable table, TableProfile profile, Optional<String> hint) {
        List<String> lines = new ArrayList<>();
        lines.add(DisplayText.escaped(file.toString()) + ": " + table.form() + ", "
                + Amounts.counted(profile.rows(), "row") + ", "
                + Amounts.counted(profile.columns().size(), "column"));
        table.note().ifPresent(note -> lines.add("  " + note));
        profile.remark().ifPresent(remark -> lines.add("  " + DisplayText.escaped(remark)));
        hint.ifPresent(text -> lines.addAll(TablesView.hint(text, terminal.page())));
        lines.add("  keys: "
                + (profile.keys().isEmpty()
                        ? "none; each column, and each pair of the first ones, is NULL in a row or has a value twice"
                        : profile.keys().stream()
                                .map(key -> DisplayText.escaped(String.join(" + ", key)))
                                .collect(Collectors.joining(", "))));
        TextTable columns = new TextTable("  ")
                .text("column", NAME_WIDTH)
                .text("type", NAME_WIDTH)
                .number("NULLs");
        for (TableProfile.OfColumn column : profile.columns()) {
            columns.row(column.column().name(), column.column().type().toString(), Amounts.count(column.nulls()));
        }
        lines.add("");
        lines.addAll(columns.lines());
        return lines;
    }
}
