package io.hybridsnapshot.embedded;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds, adopts, starts and stops the server of a directory. Every call is made under the start-stop lock, see
 * {@link SharedServer}, so no other process starts or stops the server at the same time.
 */
final class ServerLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(ServerLifecycle.class);

    private static final Duration PROBE = Duration.ofSeconds(5);
    private static final Duration KILL = Duration.ofSeconds(15);
    private static final long POLL_MILLIS = 50;
    private static final int PORT_TRIES = 5;

    /**
     * The programs take 60 MB, an empty cluster 70 MB with its WAL and the reserve 32 MB. The rest is for the first
     * snapshots.
     */
    private static final long ROOM_FOR_A_CLUSTER = 232L << 20;

    private static final long LOG_LIMIT = 8L << 20;
    private static final int LINES_TO_SHOW = 3;

    private final ServerDirectory directory;
    private final EmbeddedPostgresSettings settings;
    private final ServerDisk disk;

    ServerLifecycle(ServerDirectory directory, EmbeddedPostgresSettings settings) {
        this.directory = directory;
        this.disk = new ServerDisk(directory);
        this.settings = settings;
    }

    /**
     * Ensures a server that answers: the running one, or a new one in its place.
     *
     * @param othersUseIt whether there is another use, here or elsewhere; then a live server is left alone
     */
    Endpoint ensureRunning(boolean othersUseIt) throws IOException {
        Optional<String> password = directory.findPassword();
        Optional<Postmaster> running = awaitReady();
        Endpoint endpoint = new Endpoint(running.map(Postmaster::port).orElse(0), password.orElse(""));
        Endpoint.Answer answer = running.isPresent() ? probe(endpoint) : Endpoint.Answer.SILENT;
        if (answer == Endpoint.Answer.SILENT && Postmaster.find(directory).isEmpty()) {
            if (othersUseIt) {
                requireSameMachine();
            }
            return start(password);
        }
        boolean rightPort = settings.port() == EmbeddedPostgresSettings.ANY_PORT || settings.port() == endpoint.port();
        if (answer == Endpoint.Answer.READY && rightPort) {
            LOG.debug(
                    "Joined the PostgreSQL that runs as process {} at {}",
                    running.get().pid(),
                    endpoint);
            return endpoint;
        }
        if (answer == Endpoint.Answer.PASSWORD_REFUSED && password.isPresent()) {
            throw SnapshotException.unavailable("the embedded PostgreSQL refuses its own password")
                    .where(directory.password().toString())
                    .nextStep("end the programs that use the server, then delete the file: "
                            + "the next start sets a new password")
                    .build();
        }
        if (othersUseIt) {
            throw unusable(endpoint, answer);
        }
        LOG.info("Replacing the PostgreSQL that an earlier run left in {}", directory.root());
        stop();
        return start(password);
    }

    /** Stops the server if it runs: in order if possible, otherwise as a crash would. */
    void stop() throws IOException {
        Optional<Postmaster> running = Postmaster.find(directory);
        if (running.isEmpty()) {
            return;
        }
        ServerPrograms programs = ServerPrograms.of(directory, running.get());
        ServerPrograms.Outcome outcome = programs.stop("fast", settings.stopTimeout());
        if (Postmaster.find(directory).isPresent()) {
            LOG.warn(
                    "PostgreSQL did not stop within {}: it is stopped at once and recovers at its next start",
                    settings.stopTimeout());
            outcome = programs.stop("immediate", settings.stopTimeout());
        }
        if (Postmaster.find(directory).isPresent()) {
            killAll();
        }
        if (Postmaster.find(directory).isPresent()) {
            throw Failures.of("the embedded PostgreSQL does not stop", directory, lastLines(outcome.output()));
        }
        LOG.debug("Stopped the PostgreSQL in {}", directory.root());
    }

    /** As {@link #stop}, but a server in recovery keeps running, so that the next start finds it further. */
    void stopUnlessStarting() throws IOException {
        Optional<Postmaster> running = Postmaster.find(directory);
        if (running.isPresent() && running.get().status() != Postmaster.Status.STARTING) {
            stop();
        }
    }

    /** Waits while a server starts or stops. Empty if there is no server, or if it has ended. */
    private Optional<Postmaster> awaitReady() throws IOException {
        long begin = System.nanoTime();
        while (true) {
            Optional<Postmaster> running = Postmaster.find(directory);
            if (running.isEmpty() || running.get().status() == Postmaster.Status.READY) {
                return running;
            }
            boolean stopping = running.get().status() == Postmaster.Status.STOPPING;
            Duration limit = stopping ? settings.stopTimeout() : settings.startTimeout();
            if (System.nanoTime() - begin > limit.toNanos()) {
                if (stopping) {
                    return running;
                }
                throw stillStarting();
            }
            LockFile.pause(POLL_MILLIS);
        }
    }

    /**
     * Ends whatever runs a program of this directory: a server's children without their server, or an initdb that the
     * program which started it did not live to see the end of. It would go on writing under the next start's hands.
     * Nothing that was committed is lost.
     */
    private void killAll() throws IOException {
        long begin = System.nanoTime();
        List<ProcessHandle> running = Postmaster.processes(directory);
        while (!running.isEmpty() && System.nanoTime() - begin < KILL.toNanos()) {
            LOG.debug("Ending {} processes of the PostgreSQL in {}", running.size(), directory.root());
            running.forEach(ProcessHandle::destroyForcibly);
            LockFile.pause(POLL_MILLIS);
            running = Postmaster.processes(directory);
        }
    }

    /** Gives a busy server some time, and a dead one none. */
    private Endpoint.Answer probe(Endpoint endpoint) throws IOException {
        long begin = System.nanoTime();
        while (true) {
            Endpoint.Answer answer = endpoint.probe();
            if (answer != Endpoint.Answer.SILENT
                    || Postmaster.find(directory).isEmpty()
                    || System.nanoTime() - begin > PROBE.toNanos()) {
                return answer;
            }
            LockFile.pause(POLL_MILLIS);
        }
    }

    private Endpoint start(Optional<String> knownPassword) throws IOException {
        killAll();
        boolean existing = Files.exists(directory.data());
        boolean sparing = existing && disk.isTight();
        if (sparing) {
            disk.giveUpReserve();
            if (disk.isFull()) {
                throw Failures.diskFull("the embedded PostgreSQL does not start", directory.root(), "");
            }
        }
        ServerPrograms programs = unpackPrograms();
        String password = knownPassword.orElseGet(ServerDirectory::randomPassword);
        if (Files.exists(directory.data())) {
            requireSameVersion(programs);
            Postmaster.forgetReplaced(directory);
            if (knownPassword.isEmpty()) {
                replacePassword(programs, password);
            }
        } else {
            if (knownPassword.isEmpty()) {
                directory.savePassword(password);
            }
            initialise(programs);
        }
        int port = startProcess(programs, sparing);
        Endpoint endpoint = new Endpoint(port, password);
        directory.remember(port, thisMachine());
        Endpoint.Answer answer = probe(endpoint);
        if (answer != Endpoint.Answer.READY) {
            throw unusable(endpoint, answer);
        }
        programs.deleteOtherBuilds();
        if (existing) {
            endpoint.quickenLogins();
        }
        if (sparing) {
            endpoint.checkpoint();
        }
        disk.keepReserve();
        LOG.debug("Started PostgreSQL in {} at {}", directory.root(), endpoint);
        return endpoint;
    }

    private ServerPrograms unpackPrograms() throws IOException {
        if (Files.notExists(directory.data())) {
            long free = Files.getFileStore(directory.root()).getUsableSpace();
            if (free < ROOM_FOR_A_CLUSTER) {
                throw Failures.diskFull(
                        "the embedded PostgreSQL cannot be set up",
                        directory.root(),
                        ", where the first start needs " + (ROOM_FOR_A_CLUSTER >> 20) + " MiB");
            }
            LOG.info("Setting up an embedded PostgreSQL in {}", directory.root());
        }
        return ServerPrograms.unpackedIn(directory);
    }

    private void initialise(ServerPrograms programs) throws IOException {
        if (!programs.mayWriteToDirectory()) {
            throw SnapshotException.invalidRequest("PostgreSQL cannot write to its directory")
                    .where(directory.root().toString())
                    .actual("a path that only root's privileges open, which PostgreSQL gives up")
                    .expected("a path whose every part is open to its owner, root")
                    .nextStep("set another directory for the embedded PostgreSQL, or run as the owner of this one")
                    .build();
        }
        ServerDirectory.deleteTree(directory.newData());
        ServerPrograms.Outcome outcome = programs.initialise(directory.newData());
        if (!outcome.succeeded()) {
            throw Failures.of("the embedded PostgreSQL cannot be set up", directory, lastLines(outcome.output()));
        }
        directory.publishNewData();
    }

    private void requireSameVersion(ServerPrograms programs) throws IOException {
        Path file = directory.data().resolve("PG_VERSION");
        if (Files.notExists(file)) {
            throw SnapshotException.corrupt("the data of the embedded PostgreSQL is incomplete")
                    .where(directory.data().toString())
                    .actual("no file PG_VERSION")
                    .expected("a whole data directory")
                    .nextStep("restore it from a backup, or set another directory for the embedded PostgreSQL")
                    .build();
        }
        String actual = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        String expected = Integer.toString(programs.majorVersion());
        if (!actual.equals(expected)) {
            throw SnapshotException.invalidRequest("the data of the embedded PostgreSQL is of another version")
                    .where(directory.data().toString())
                    .actual("PostgreSQL " + actual)
                    .expected("PostgreSQL " + expected)
                    .nextStep("run the release of this program that wrote it, or dump the databases with pg_dump "
                            + actual + " and load them into a new directory")
                    .build();
        }
    }

    /** For a lost password file: its directory's owner owns the data as well. */
    private void replacePassword(ServerPrograms programs, String password) throws IOException {
        LOG.warn("The password file {} is missing: setting a new password", directory.password());
        ServerPrograms.Outcome outcome = programs.setPassword(password);
        if (!outcome.succeeded()) {
            throw Failures.of("the embedded PostgreSQL takes no new password", directory, lastLines(outcome.output()));
        }
        directory.savePassword(password);
    }

    private int startProcess(ServerPrograms programs, boolean sparing) throws IOException {
        boolean fixedPort = settings.port() != EmbeddedPostgresSettings.ANY_PORT;
        int port = fixedPort ? settings.port() : freePort(directory.lastPort());
        long begin = System.nanoTime();
        int tries = 0;
        while (true) {
            rotateLog();
            long logged = Files.exists(directory.log()) ? Files.size(directory.log()) : 0;
            ServerPrograms.Outcome outcome = programs.start(port, settings.startTimeout(), sparing);
            if (outcome.succeeded()) {
                return port;
            }
            String said = lastLines(outcome.output() + "\n" + logSince(logged));
            tries++;
            if (said.contains("could not bind") || said.contains("Address already in use")) {
                if (fixedPort || tries >= PORT_TRIES) {
                    throw portTaken(port, said);
                }
                port = freePort(EmbeddedPostgresSettings.ANY_PORT);
            } else {
                Optional<Postmaster> running = Postmaster.find(directory);
                if (running.isPresent()
                        && System.nanoTime() - begin > settings.startTimeout().toNanos()) {
                    throw stillStarting();
                }
                // The waiting program was ended, by Ctrl-C for example, and not the server.
                stop();
                throw Failures.of("the embedded PostgreSQL does not start", directory, said);
            }
        }
    }

    /** The preferred port if it is free, or else another one. */
    private static int freePort(int preferred) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(Endpoint.HOST), preferred));
            return socket.getLocalPort();
        } catch (IOException e) {
            if (preferred == EmbeddedPostgresSettings.ANY_PORT) {
                throw e;
            }
            return freePort(EmbeddedPostgresSettings.ANY_PORT);
        }
    }

    private void rotateLog() throws IOException {
        Path log = directory.log();
        if (Files.exists(log) && Files.size(log) > LOG_LIMIT) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private String logSince(long offset) throws IOException {
        if (Files.notExists(directory.log())) {
            return "";
        }
        byte[] bytes = Files.readAllBytes(directory.log());
        int begin = (int) Math.min(offset, bytes.length);
        return new String(bytes, begin, bytes.length - begin, StandardCharsets.ISO_8859_1);
    }

    /** The important part of a program's messages, in one line: the errors, or the end if there are none. */
    private static String lastLines(String output) {
        List<String> lines = output.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        List<String> errors = lines.stream()
                .filter(line -> line.matches("(?i).*\\b(fatal|panic|error|could not|cannot|denied)\\b.*"))
                .toList();
        List<String> shown = errors.isEmpty() ? lines : errors;
        return String.join(" | ", shown.subList(Math.max(0, shown.size() - LINES_TO_SHOW), shown.size()));
    }

    /**
     * Refuses to start a second server on data that another container or machine has open: the lock shows its users,
     * but neither its processes nor its port are visible from here.
     */
    private void requireSameMachine() throws IOException {
        Optional<String> other = directory.lastMachine().filter(machine -> !machine.equals(thisMachine()));
        if (other.isPresent()) {
            throw SnapshotException.conflict(
                            "the embedded PostgreSQL is in use on another machine or in another container")
                    .where(directory.root().toString())
                    .actual("a server started on " + other.get())
                    .expected("programs on one machine, " + thisMachine())
                    .nextStep("end the other program, set another directory, or configure a database server")
                    .build();
        }
    }

    /** On Linux this boot of this kernel and, for containers, the space of process numbers; else all are one. */
    private static String thisMachine() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id"), StandardCharsets.US_ASCII)
                            .strip()
                    + "/"
                    + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        } catch (IOException e) {
            return "this machine";
        }
    }

    private SnapshotException unusable(Endpoint endpoint, Endpoint.Answer answer) {
        if (answer == Endpoint.Answer.SILENT && disk.explanation(0).isPresent()) {
            return Failures.diskFull("the embedded PostgreSQL does not answer", directory.root(), "");
        }
        SnapshotException.Builder error = answer == Endpoint.Answer.READY
                ? SnapshotException.conflict("the embedded PostgreSQL runs on another port")
                        .actual(endpoint.port())
                        .expected(settings.port())
                        .nextStep("end the programs that use the server, or leave the port open in the settings")
                : answer == Endpoint.Answer.PASSWORD_REFUSED
                        ? SnapshotException.unavailable("the password of the embedded PostgreSQL is missing")
                                .expected(directory.password())
                                .nextStep("end the programs that use the server: the next start sets a new password")
                        : SnapshotException.unavailable("the embedded PostgreSQL does not answer")
                                .actual("silence at " + endpoint + " for " + PROBE)
                                .nextStep("see " + directory.log() + "; end the programs that use the server, "
                                        + "then the next start replaces it");
        return error.where(directory.root().toString()).build();
    }

    private SnapshotException stillStarting() {
        return SnapshotException.unavailable("the embedded PostgreSQL is still starting")
                .where(directory.root().toString())
                .actual("no connections accepted after " + settings.startTimeout())
                .nextStep("it may be recovering from a crash: wait, then run this again; see " + directory.log())
                .build();
    }

    private SnapshotException portTaken(int port, String said) {
        return SnapshotException.conflict("the port of the embedded PostgreSQL is taken")
                .where(Endpoint.HOST + ":" + port)
                .actual(said)
                .expected("a free port")
                .nextStep("free the port, or set another one for the embedded PostgreSQL")
                .build();
    }
}
