package io.hybridsnapshot.embedded;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.io.Reader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of an embedded server. All lie in one directory, so that nothing depends on a temporary directory that
 * others clean, and a move of the directory moves everything:
 *
 * <pre>
 * embedded-postgres.properties   marks the directory as ours; the last port, and the machine that started the server
 * start-stop.lock, users.lock    see {@link SharedServer}
 * password                       mode 0600; in no other place
 * binaries/                      the server's programs, a folder for each build
 * data/                          the cluster; data.new while it is being made
 * keeper.lock, keeper.properties see {@link KeptServer}; keeper.log holds the keeper's messages
 * last-use                       its time is that of the last beginning or end of a use
 * server.log, server.log.1       the server's messages; command.log those of a program while it runs
 * reserve                        room for a start on a full disk; may be deleted at any time
 * </pre>
 *
 * @param root the path without symbolic links
 * @param clock the machine's clock, which every program that uses the directory and the server itself have too
 */
record ServerDirectory(Path root, Clock clock) {
    private static final String PROBLEM = "this directory cannot hold the embedded PostgreSQL";
    private static final String MARKER = "embedded-postgres.properties";
    private static final String START_STOP_LOCK = "start-stop.lock";
    private static final String USERS_LOCK = "users.lock";

    /** Ends the name of a file that takes its place once it is written. */
    private static final String UNFINISHED = ".new";

    /** Files that may exist before the marker: our own locks, and the contents of a volume's root. */
    private static final Set<String> NOT_FOREIGN =
            Set.of(MARKER, MARKER + UNFINISHED, START_STOP_LOCK, USERS_LOCK, "lost+found");

    /**
     * Characters that a Unix shell interprets within double quotes. pg_ctl passes paths to a shell in double quotes,
     * without escaping.
     */
    private static final Pattern SHELL_SYNTAX = Pattern.compile("[\"$`\\\\\\n]");

    private static final Logger LOG = LoggerFactory.getLogger(ServerDirectory.class);
    private static final String PORT = "port";
    private static final String MACHINE = "machine";
    private static final int PASSWORD_BYTES = 24;

    /** The files below a path, by the machine's clock. */
    ServerDirectory(Path root) {
        this(root, Clock.systemUTC());
    }

    /**
     * Creates a missing directory and checks that it can be used. A directory with foreign files is left unchanged.
     */
    static ServerDirectory prepare(Path path) throws IOException {
        requirePlainPath(path);
        try {
            Files.createDirectories(path, OwnerOnly.directory(path));
        } catch (FileAlreadyExistsException e) {
            throw SnapshotException.invalidRequest(PROBLEM)
                    .where(path.toString())
                    .actual("a file")
                    .expected("a directory")
                    .nextStep("set another directory for the embedded PostgreSQL")
                    .cause(e)
                    .build();
        } catch (AccessDeniedException e) {
            throw Failures.noPermission(PROBLEM, path, e);
        } catch (FileSystemException e) {
            throw Failures.of(PROBLEM, path, e);
        }
        ServerDirectory directory = new ServerDirectory(path.toRealPath());
        requirePlainPath(directory.root);
        directory.requireOwnership();
        if (!Files.isWritable(directory.root)) {
            throw Failures.noPermission(PROBLEM, path, new AccessDeniedException(path.toString()));
        }
        directory.requireNothingForeign();
        return directory;
    }

    Path startStopLock() {
        return root.resolve(START_STOP_LOCK);
    }

    Path usersLock() {
        return root.resolve(USERS_LOCK);
    }

    Path binaries() {
        return root.resolve("binaries");
    }

    Path data() {
        return root.resolve("data");
    }

    Path newData() {
        return root.resolve("data.new");
    }

    Path log() {
        return root.resolve("server.log");
    }

    /** Room for a start on a full disk, see {@link ServerDisk}. */
    Path reserve() {
        return root.resolve("reserve");
    }

    Path keeperLock() {
        return root.resolve("keeper.lock");
    }

    Path keeperLog() {
        return root.resolve("keeper.log");
    }

    Path keeper() {
        return root.resolve("keeper.properties");
    }

    /** Notes the beginning or the end of a use. A failure lets a kept server stop early, and nothing else. */
    void noteUse() {
        try {
            // Not on a file with locks: setting the time opens and closes it, which ends a process's locks on it.
            if (Files.notExists(lastUse())) {
                Files.createFile(lastUse(), OwnerOnly.file(lastUse()));
            }
            Files.setLastModifiedTime(lastUse(), FileTime.from(clock.instant()));
        } catch (IOException e) {
            LOG.debug("The use of {} is not noted", root, e);
        }
    }

    /** The time of the last beginning or end of a use, in milliseconds; 0 if none was noted. */
    long lastUseMillis() {
        try {
            return Files.getLastModifiedTime(lastUse()).toMillis();
        } catch (IOException e) {
            return 0;
        }
    }

    private Path lastUse() {
        return root.resolve("last-use");
    }

    Path commandLog() {
        return root.resolve("command.log");
    }

    Path password() {
        return root.resolve("password");
    }

    /** Marks the directory as ours; before anything but locks is written to it. */
    void claim() throws IOException {
        if (Files.notExists(marker())) {
            write(marker(), "");
        }
    }

    /** Records the server's port and machine, for the next start and for other machines. */
    void remember(int port, String machine) throws IOException {
        write(marker(), PORT + "=" + port + "\n" + MACHINE + "=" + machine + "\n");
    }

    /** The port of the last run, or {@link EmbeddedPostgresSettings#ANY_PORT}. */
    int lastPort() throws IOException {
        String port = properties().getProperty(PORT, "");
        return port.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(port) : EmbeddedPostgresSettings.ANY_PORT;
    }

    /** The machine that last started the server; empty before the first start. */
    Optional<String> lastMachine() throws IOException {
        return Optional.ofNullable(properties().getProperty(MACHINE));
    }

    Optional<String> findPassword() throws IOException {
        String password;
        try {
            password = Files.readString(password(), StandardCharsets.UTF_8).strip();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        if (OwnerOnly.isKnownTo(root)) {
            Set<PosixFilePermission> tooMany = EnumSet.copyOf(Files.getPosixFilePermissions(password()));
            tooMany.removeAll(PosixFilePermissions.fromString("rwx------"));
            if (!tooMany.isEmpty()) {
                throw SnapshotException.invalidRequest("other users can read the password of the embedded PostgreSQL")
                        .where(password().toString())
                        .actual("permissions " + tooMany)
                        .expected("none for group and others")
                        .nextStep("delete the file: the next start sets a new password")
                        .build();
            }
        }
        return Optional.of(password);
    }

    /** 192 random bits in letters, digits, - and _. */
    static String randomPassword() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    void savePassword(String password) throws IOException {
        write(password(), password + "\n");
    }

    /** Puts the finished cluster in its place, in one step that survives a crash of the machine. */
    void publishNewData() throws IOException {
        Files.move(newData(), data(), StandardCopyOption.ATOMIC_MOVE);
        sync(root);
    }

    static void deleteTree(Path tree) throws IOException {
        if (Files.notExists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        }
    }

    /** Makes names that were added to a directory durable, if the system supports that. */
    static void sync(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows opens no directories, and needs no sync of them.
            return;
        }
    }

    private Path marker() {
        return root.resolve(MARKER);
    }

    private static void requirePlainPath(Path path) {
        if (OwnerOnly.isKnownTo(path) && SHELL_SYNTAX.matcher(path.toString()).find()) {
            throw SnapshotException.invalidRequest(PROBLEM)
                    .where(path.toString())
                    .actual("a path with one of \" $ ` \\ or a line break")
                    .expected("a path without them, which PostgreSQL's start program cannot handle")
                    .nextStep("set another directory for the embedded PostgreSQL")
                    .build();
        }
    }

    private void requireOwnership() throws IOException {
        Optional<String> user = ProcessHandle.current().info().user();
        if (user.isEmpty() || !OwnerOnly.isKnownTo(root)) {
            return;
        }
        String owner = Files.getOwner(root).getName();
        if (!owner.equals(user.get())) {
            throw SnapshotException.invalidRequest("the directory of the embedded PostgreSQL belongs to another user")
                    .where(root.toString())
                    .actual("owner " + owner)
                    .expected(user.get() + ", who runs this program; PostgreSQL accepts no other")
                    .nextStep("run as " + owner + ", or set another directory for the embedded PostgreSQL")
                    .build();
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(root);
        if (permissions.contains(PosixFilePermission.OTHERS_WRITE)
                || permissions.contains(PosixFilePermission.GROUP_WRITE)) {
            throw SnapshotException.invalidRequest("other users can write to the directory of the embedded PostgreSQL")
                    .where(root.toString())
                    .actual(PosixFilePermissions.toString(permissions))
                    .expected("rwx------")
                    .nextStep("chmod 700 the directory, or set another one for the embedded PostgreSQL")
                    .build();
        }
    }

    private void requireNothingForeign() throws IOException {
        Optional<String> foreign;
        try (Stream<Path> entries = Files.list(root)) {
            foreign = entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !NOT_FOREIGN.contains(name))
                    .sorted()
                    .findFirst();
        }
        // The marker is looked for after the listing: it comes first in a directory that another process is filling.
        if (foreign.isPresent() && Files.notExists(marker())) {
            throw SnapshotException.invalidRequest("the directory of the embedded PostgreSQL holds other files")
                    .where(root.toString())
                    .actual(foreign.get() + " and no " + MARKER)
                    .expected("an empty directory, or one that an earlier run made")
                    .nextStep("set another directory for the embedded PostgreSQL")
                    .build();
        }
    }

    private Properties properties() throws IOException {
        return properties(marker());
    }

    /** Empty if there is no such file. */
    static Properties properties(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            return properties;
        }
        return properties;
    }

    /** Atomic for readers and in a crash. Readable by the owner alone from the first byte. */
    void write(Path file, String text) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + UNFINISHED);
        Files.deleteIfExists(temporary);
        try (FileChannel channel = FileChannel.open(
                temporary,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                OwnerOnly.file(temporary))) {
            channel.write(StandardCharsets.UTF_8.encode(text));
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        sync(root);
    }
}
