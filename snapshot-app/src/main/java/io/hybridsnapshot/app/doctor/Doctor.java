package io.hybridsnapshot.app.doctor;

import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.config.EncryptionSection;
import io.hybridsnapshot.app.config.ServerSection;
import io.hybridsnapshot.app.config.ServerType;
import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.app.config.StoreSection;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.wiring.ServerExamination;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.embedded.EmbeddedPostgresServer;
import io.hybridsnapshot.embedded.EmbeddedPostgresSettings;
import io.hybridsnapshot.embedded.KeptServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Looks at the machine, the directories, the servers and the sources of a configuration. Writes nothing: neither a file
 * nor a table, and starts no embedded server. For one thread.
 */
public final class Doctor {
    private static final long ENOUGH_DISK = 1L << 30;

    /** Below this, the embedded server refuses to write. */
    private static final long LEAST_DISK = 64L << 20;

    private static final long USUAL_HEAP = 512L << 20;
    /** Values of SQL Server's property {@code encrypt} with which a connection may be plain. */
    private static final Set<String> PLAIN = Set.of("false", "no", "optional");

    private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(30);
    private static final String ARCHIVE = "archive";
    private static final String WINDOW = "window";

    private final Clock clock;
    private final Function<SnapshotException, SnapshotException> words;
    private final List<Check> checks = new ArrayList<>();

    /**
     * Looks with a clock.
     *
     * @param words gives an error the words of the caller
     */
    public Doctor(Clock clock, Function<SnapshotException, SnapshotException> words) {
        this.clock = Objects.requireNonNull(clock, "clock");
        this.words = Objects.requireNonNull(words, "words");
    }

    /**
     * Looks at everything that a configuration names.
     *
     * @param version the program's version
     * @param loading loads the configuration; if it fails, only the machine is looked at
     */
    public List<Check> examine(String version, Supplier<Configuration> loading) {
        checks.clear();
        machine(version);
        Configuration configuration;
        try {
            configuration = loading.get();
        } catch (SnapshotException e) {
            failed("configuration", e);
            return List.copyOf(checks);
        }
        checks.add(Check.ok(
                "configuration",
                configuration.file().map(Path::toString).orElse("no file; the defaults and the environment") + ", "
                        + Amounts.counted(configuration.datasets().size(), "dataset")));
        directory("work directory", configuration.workDirectory());
        outbox(configuration.workDirectory().resolve("outbox"));
        store(
                ARCHIVE,
                configuration.archive(),
                configuration.adapters().archive().isPresent());
        store(WINDOW, configuration.window(), configuration.adapters().window().isPresent());
        embedded(configuration);
        encryption(configuration.encryption());
        configuration.datasets().forEach(this::source);
        return List.copyOf(checks);
    }

    private void machine(String version) {
        checks.add(Check.ok(
                "program",
                version + ", " + System.getProperty("os.name", "") + " " + System.getProperty("os.arch", "") + ", "
                        + Runtime.getRuntime().availableProcessors() + " cores"));
        long heap = Runtime.getRuntime().maxMemory();
        checks.add(
                heap < USUAL_HEAP * 9 / 10
                        ? Check.warning(
                                "memory",
                                "Java may use " + Amounts.size(heap),
                                "give it 512 MB or more with SNAPSHOT_JAVA_OPTS=-Xmx1g")
                        : Check.ok("memory", "Java may use " + Amounts.size(heap)));
        String encoding = System.getProperty("sun.jnu.encoding", "unknown");
        checks.add(
                encoding.equalsIgnoreCase("UTF-8")
                        ? Check.ok("locale", encoding)
                        : Check.warning(
                                "locale",
                                "arguments and paths are read as " + encoding,
                                "call the program by its launcher, or set LC_ALL=C.UTF-8"));
    }

    private void directory(String subject, Path directory) {
        Path existing = directory;
        while (existing != null && Files.notExists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing)) {
            checks.add(
                    Check.problem(subject, directory + " cannot be made below " + existing, "name another directory"));
            return;
        }
        if (!Files.isWritable(existing)) {
            checks.add(Check.problem(
                    subject,
                    "the user " + System.getProperty("user.name", "") + " may not write to " + existing,
                    "correct the permissions, or name another directory"));
            return;
        }
        space(subject, directory, existing);
    }

    private void space(String subject, Path directory, Path existing) {
        long free;
        try {
            free = Files.getFileStore(existing).getUsableSpace();
        } catch (IOException e) {
            checks.add(Check.warning(subject, directory + ": the free space is not known", "check the disk"));
            return;
        }
        String finding =
                directory + ", " + Amounts.size(free) + " free" + (existing.equals(directory) ? "" : ", not made yet");
        if (free < LEAST_DISK) {
            checks.add(Check.problem(subject, finding, "free space on this disk: nothing can be saved"));
        } else if (free < ENOUGH_DISK) {
            checks.add(Check.warning(subject, finding, "free space on this disk before it is full"));
        } else {
            checks.add(Check.ok(subject, finding));
        }
    }

    private void outbox(Path outbox) {
        if (!Files.isDirectory(outbox)) {
            return;
        }
        try (Stream<Path> entries = Files.list(outbox)) {
            long waiting = entries.filter(Files::isRegularFile).count();
            if (waiting > 0) {
                checks.add(Check.warning(
                        "outbox",
                        Amounts.counted(waiting, "file") + " in " + outbox
                                + " belong to archives that were not delivered",
                        "'snapshot recover' of each dataset delivers them once the archive can be reached"));
            }
        } catch (IOException e) {
            checks.add(Check.problem("outbox", outbox + " cannot be read", "correct its permissions"));
        }
    }

    private void store(String subject, StoreSection store, boolean foreign) {
        if (foreign) {
            checks.add(Check.ok(subject, "from a jar; not examined"));
            return;
        }
        store.server().ifPresent(server -> server(subject, server, true));
    }

    private void server(String subject, ServerSection server, boolean isStore) {
        String place = server.host() + ":" + server.port() + "/" + server.database();
        ServerExamination found;
        Instant before = clock.instant();
        try {
            found = ServerExamination.of(server, table(subject, server));
        } catch (SnapshotException e) {
            failed(subject, e);
            return;
        }
        Instant after = clock.instant();
        checks.add(Check.ok(subject, found.product() + " at " + place + ", user " + server.user()));
        encryption(subject, server, found.encrypted());
        if (isStore) {
            tables(subject, server, found);
            clock(subject, found.now(), before, after);
        }
    }

    /** A table of a store that every version of the program has. */
    private static String table(String subject, ServerSection server) {
        return switch (subject) {
            case ARCHIVE -> "snapshot_archive";
            case WINDOW -> server.type() == ServerType.SQL_SERVER ? "dbo.SNAPSHOT_LEDGER" : "snapshot_ledger";
            default -> "";
        };
    }

    private void tables(String subject, ServerSection server, ServerExamination found) {
        if (!found.mayCreateTables() && !found.hasTables()) {
            checks.add(Check.problem(
                    subject,
                    "the program's tables are missing, and the user " + server.user() + " may not create them",
                    "let an administrator run the scripts in sql/, as the how-to of the server says"));
        } else if (!found.hasTables()) {
            checks.add(Check.ok(subject, "the program's tables are missing; the first command makes them"));
        }
    }

    private void encryption(String subject, ServerSection server, Optional<Boolean> encrypted) {
        boolean sqlServer = server.type() == ServerType.SQL_SERVER;
        // SQL Server tells its administrators alone. Its driver encrypts unless a property turns it off.
        boolean plain = sqlServer ? isOff(server.properties()) : encrypted.equals(Optional.of(false));
        if (plain && !isLoopback(server.host())) {
            checks.add(Check.warning(
                    subject,
                    "the connection to " + server.host() + " is not encrypted",
                    "set the property " + (sqlServer ? "encrypt: \"true\"" : "sslmode: verify-full")));
        }
    }

    /** Whether a property turns SQL Server's encryption off, or leaves it to the server. */
    private static boolean isOff(Map<String, String> properties) {
        return properties.entrySet().stream()
                .filter(property -> property.getKey().equalsIgnoreCase("encrypt"))
                .anyMatch(property -> PLAIN.contains(property.getValue().toLowerCase(Locale.ROOT)));
    }

    private void clock(String subject, Instant server, Instant before, Instant after) {
        Duration ahead = server.isAfter(after)
                ? Duration.between(after, server)
                : server.isBefore(before) ? Duration.between(before, server) : Duration.ZERO;
        if (ahead.abs().compareTo(CLOCK_DIFFERENCE) > 0) {
            checks.add(Check.warning(
                    subject,
                    "its clock is " + Amounts.duration(ahead.abs()) + (ahead.isNegative() ? " behind" : " ahead of")
                            + " this machine's",
                    "synchronise both clocks (NTP): dates of snapshots come from this machine"));
        }
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("::1") || host.startsWith("/");
    }

    private void embedded(Configuration configuration) {
        boolean archive = configuration.archive().server().isEmpty()
                && configuration.adapters().archive().isEmpty();
        boolean window = configuration.window().server().isEmpty()
                && configuration.adapters().window().isEmpty();
        if (!archive && !window) {
            return;
        }
        String subject = archive && window ? ARCHIVE + ", " + WINDOW : archive ? ARCHIVE : WINDOW;
        Path directory = configuration.serverDirectory();
        try {
            EmbeddedPostgresServer.requireRunnable();
        } catch (SnapshotException e) {
            failed("embedded server", e);
            return;
        }
        directory("embedded server", directory);
        if (Files.notExists(directory)) {
            checks.add(Check.ok(subject, "embedded PostgreSQL; the first save makes it"));
            return;
        }
        try {
            KeptServer.Status status = KeptServer.status(EmbeddedPostgresSettings.in(directory));
            checks.add(Check.ok(
                    subject,
                    "embedded PostgreSQL in " + directory + ", " + (status.running() ? "running" : "not running")));
        } catch (SnapshotException e) {
            failed(subject, e);
        }
    }

    private void encryption(EncryptionSection encryption) {
        if (encryption instanceof EncryptionSection.KeyFile key) {
            boolean readable = Files.isRegularFile(key.file()) && Files.isReadable(key.file());
            checks.add(
                    readable
                            ? Check.ok("encryption", "on; the key file can be read, and is not examined")
                            : Check.problem(
                                    "encryption",
                                    "the key file " + key.file()
                                            + (Files.exists(key.file()) ? " cannot be read" : " does not exist"),
                                    "correct the path or the permissions; without the key no encrypted archive can be"
                                            + " read"));
        } else if (!(encryption instanceof EncryptionSection.Off)) {
            checks.add(Check.ok("encryption", "on; the key is not examined"));
        }
    }

    private void source(String name, DatasetSection section) {
        String subject = "dataset " + name;
        Optional<SourceSection> source = section.source();
        Optional<Path> file = source.flatMap(SourceSection::path);
        if (file.isPresent()) {
            checks.add(
                    Files.isReadable(file.get()) && !Files.isDirectory(file.get())
                            ? Check.ok(subject, file.get().toString())
                            : Check.warning(
                                    subject,
                                    file.get() + (Files.exists(file.get()) ? " cannot be read" : " does not exist"),
                                    "a save without --source fails until the file is there"));
        } else if (source.isPresent()
                && source.get() instanceof SourceSection.Query query
                && query.server().isPresent()) {
            server(subject, query.server().get(), false);
        }
    }

    private void failed(String subject, SnapshotException failure) {
        SnapshotException worded = words.apply(failure);
        String nextStep = worded.nextStep().orElse("correct it");
        String message = worded.getMessage();
        // The next step is the end of the message.
        String finding = message.endsWith("; " + nextStep)
                ? message.substring(0, message.length() - nextStep.length() - 2)
                : message;
        List<String> lines = finding.lines().map(String::strip).toList();
        // A report of several mistakes has a headline, and a line for each.
        lines.subList(lines.size() > 1 ? 1 : 0, lines.size())
                .forEach(line -> checks.add(Check.problem(subject, line, nextStep)));
    }

    /** The worst level of some checks. */
    public static Check.Level worst(List<Check> checks) {
        return checks.stream().map(Check::level).max(Check.Level::compareTo).orElse(Check.Level.OK);
    }
}
