package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Logging;
import io.hybridsnapshot.app.cli.terminal.Shutdown;
import io.hybridsnapshot.app.cli.terminal.Stopwatch;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.demo.Demo;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.DeltaView;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.samples.SampleFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code snapshot demo}. */
@Command(
        name = "demo",
        description = {
            "Runs the main job on real tables that come with the program: three states of a table of "
                    + "web features, then three days of exchange rates.",
            "It works in a directory and on a database of its own, and deletes both at the end."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot demo",
            "  snapshot demo --orders 100000",
            "  snapshot demo --home demo-data   keeps everything, to look around in"
        })
final class DemoCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Configurations configurations;
    private final Function<Configuration, Session> sessions;

    @Option(
            names = "--orders",
            paramLabel = "N",
            order = 1,
            defaultValue = "0",
            description = "Then also save, detect, save and export a made-up table of N orders with 268 columns.")
    private long orders;

    @Option(names = "--keep", order = 2, description = "Keep the directory and the data; --home keeps them, too.")
    private boolean keep;

    DemoCommand(Terminal terminal, Configurations configurations, Function<Configuration, Session> sessions) {
        this.terminal = terminal;
        this.configurations = configurations;
        this.sessions = sessions;
    }

    @Override
    public Integer call() throws IOException {
        if (orders < 0) {
            throw SnapshotException.invalidRequest("option --orders")
                    .actual(orders)
                    .expected("0 or more")
                    .build();
        }
        Stopwatch stopwatch = new Stopwatch();
        boolean kept = keep || configurations.request().home().isPresent();
        Path home = configurations
                .request()
                .home()
                .map(terminal::resolve)
                .orElseGet(DemoCommand::scratch)
                .toAbsolutePath()
                .normalize();
        Thread sweeper = new Thread(() -> delete(home), "demo-sweeper");
        if (!kept) {
            Runtime.getRuntime().addShutdownHook(sweeper);
        }
        Demo.Findings findings;
        try {
            findings = run(home);
        } finally {
            if (!kept && !Shutdown.isUnderWay()) {
                Runtime.getRuntime().removeShutdownHook(sweeper);
                delete(home);
            }
        }
        if (terminal.json()) {
            terminal.print(json(findings, kept ? Optional.of(home) : Optional.empty(), stopwatch));
        } else {
            terminal.print(next(home, kept, stopwatch));
        }
        return ExitCode.DONE.value();
    }

    private Demo.Findings run(Path home) throws IOException {
        Path files = home.resolve("files");
        Files.createDirectories(files);
        Logging.silenceLibraries();
        Configuration configuration = Configuration.embedded(home, Map.of());
        try (Session session = sessions.apply(configuration)) {
            SnapshotEnvironment environment =
                    session.part(SnapshotEnvironment.class).get();
            requireFresh(environment, home);
            requireEmpty(files);
            return new Demo(environment, files, this::tell).run(orders);
        }
    }

    /** The demo writes files with fixed names, so existing files could be overwritten. */
    private static void requireEmpty(Path files) throws IOException {
        try (Stream<Path> there = Files.list(files)) {
            if (there.findAny().isPresent()) {
                throw SnapshotException.invalidRequest("the demo's directory has files already")
                        .where(files.toString())
                        .expected("an empty directory")
                        .nextStep("name another directory with --home, or leave it out")
                        .build();
            }
        }
    }

    /** The demo's deltas are those of first snapshots, so it does not run twice in one home. */
    private static void requireFresh(SnapshotEnvironment environment, Path home) {
        boolean fresh = environment
                        .archive()
                        .list(ArchiveQuery.of(Demo.WEB_COMPAT.name()))
                        .isEmpty()
                && environment
                        .archive()
                        .list(ArchiveQuery.of(Demo.RATES.name()))
                        .isEmpty();
        if (!fresh) {
            throw SnapshotException.invalidRequest("a demo has run in this home before")
                    .where(home.toString())
                    .expected("a home without the datasets WEB_COMPAT and RATES")
                    .nextStep("name another directory with --home, or leave it out")
                    .build();
        }
    }

    private void tell(String line) {
        if (!terminal.json()) {
            terminal.console().out().println(line);
            terminal.console().out().flush();
        }
    }

    private static List<String> next(Path home, boolean kept, Stopwatch stopwatch) {
        String quotedHome = home.toString().contains(" ") ? "'" + home + "'" : home.toString();
        String first = SampleFiles.COMPAT.get(0);
        String second = SampleFiles.COMPAT.get(1);
        String files = (kept ? quotedHome : "demo-data") + "/files/";
        String option = " --home " + (kept ? quotedHome : "demo-data");
        // As the launcher that started this program is called.
        String call = "  " + System.getProperty("snapshot.command", "./snapshot");
        return Stream.concat(
                        Stream.of("", "Done in " + Amounts.duration(stopwatch.elapsed()) + ". To go on:"),
                        Stream.concat(
                                kept ? Stream.of(call + " list" + option) : Stream.of(call + " demo --home demo-data"),
                                Stream.of(
                                        call + " hash " + files + second + " --key FEATURE --type '*=text' | head -3",
                                        call + " save WEB --source " + files + first + " --key FEATURE" + option,
                                        call + " detect WEB --source " + files + second + " --key FEATURE" + option,
                                        call + " export WEB_COMPAT previous --to previous.parquet" + option,
                                        call + " --help")))
                .toList();
    }

    private static Map<String, Object> json(Demo.Findings findings, Optional<Path> home, Stopwatch stopwatch) {
        return Json.object(
                "command", "demo",
                "home", home,
                "webCompat", deltas(findings.compat()),
                "comparedCells", findings.comparedCells(),
                "rates", deltas(findings.rates()),
                "orders", deltas(findings.orders()),
                "seconds", stopwatch.seconds());
    }

    private static List<Map<String, Object>> deltas(List<DeltaReport> reports) {
        return reports.stream().map(DeltaView::json).toList();
    }

    private static Path scratch() {
        try {
            return Files.createTempDirectory("hybrid-snapshots-demo-");
        } catch (IOException e) {
            throw FullDisk.unwritable(
                            "the demo has no place for its files", Path.of(System.getProperty("java.io.tmpdir")), e)
                    .nextStep("free space there, or name a directory with --home")
                    .build();
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            // A server that is stopping may still hold a file. The directory that then remains is below the system's
            // own directory for temporary files.
            directory.toFile().deleteOnExit();
        }
    }
}
