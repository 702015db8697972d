package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.doctor.Check;
import io.hybridsnapshot.app.doctor.Doctor;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.wording.CommandWording;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code snapshot doctor}. */
@Command(
        name = "doctor",
        description = {
            "Checks the machine, the configuration, the servers and the sources. Each problem has a next step.",
            "Writes nothing. The exit code is 5 if it finds a problem."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  snapshot doctor", "  snapshot --config nightly.yaml doctor --json"})
final class DoctorCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Configurations configurations;

    @Spec
    private CommandSpec spec;

    DoctorCommand(Terminal terminal, Configurations configurations) {
        this.terminal = terminal;
        this.configurations = configurations;
    }

    @Override
    public Integer call() {
        String version = String.join(" ", spec.version());
        List<Check> checks = new Doctor(terminal.console().clock(), error -> error.in(CommandWording.WORDS))
                .examine(version, configurations::configuration);
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command",
                    "doctor",
                    "worst",
                    Doctor.worst(checks),
                    "checks",
                    checks.stream()
                            .map(check -> Json.object(
                                    "level", check.level(),
                                    "subject", check.subject(),
                                    "finding", check.finding(),
                                    "nextStep", check.nextStep()))
                            .toList()));
        } else {
            terminal.print(lines(checks));
        }
        return (Doctor.worst(checks) == Check.Level.PROBLEM ? ExitCode.UNAVAILABLE : ExitCode.DONE).value();
    }

    private static List<String> lines(List<Check> checks) {
        int subject = checks.stream()
                .mapToInt(check -> check.subject().length())
                .max()
                .orElse(0);
        List<String> lines = new ArrayList<>();
        for (Check check : checks) {
            String name = DisplayText.escaped(check.subject());
            lines.add(String.format(
                    "%-8s %-" + subject + "s  %s", check.level(), name, DisplayText.escaped(check.finding())));
            check.nextStep().ifPresent(step -> lines.add(" ".repeat(11 + subject) + "next step: " + step));
        }
        long problems = count(checks, Check.Level.PROBLEM);
        long warnings = count(checks, Check.Level.WARNING);
        lines.add(
                problems + warnings == 0
                        ? "Nothing is wrong."
                        : Amounts.counted(problems, "problem") + ", " + Amounts.counted(warnings, "warning") + ".");
        return lines;
    }

    private static long count(List<Check> checks, Check.Level level) {
        return checks.stream().filter(check -> check.level() == level).count();
    }
}
