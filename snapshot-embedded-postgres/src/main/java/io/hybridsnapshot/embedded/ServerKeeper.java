package io.hybridsnapshot.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The keeper's process, see {@link KeptServer}. SIGTERM ends it, and the server with it if no program uses it. When the
 * server is killed, the next program starts it again, and the keeper keeps that one.
 */
final class ServerKeeper {
    private static final Duration LOCK = Duration.ofSeconds(2);
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    private static final long SHORTEST_PAUSE_MILLIS = 50;
    private static final int PAUSES = 20;

    private ServerKeeper() {}

    /** Takes the directory, the port, the two timeouts and the idle time in milliseconds, and a token. */
    public static void main(String[] arguments) throws IOException {
        ServerDirectory directory = ServerDirectory.prepare(Path.of(arguments[0]));
        EmbeddedPostgresSettings settings = new EmbeddedPostgresSettings(
                directory.root(),
                Integer.parseInt(arguments[1]),
                Duration.ofMillis(Long.parseLong(arguments[2])),
                Duration.ofMillis(Long.parseLong(arguments[3])));
        Duration idle = Duration.ofMillis(Long.parseLong(arguments[4]));
        // Never closed: the lock ends with the process.
        Optional<LockFile> lock = LockFile.exclusive(directory.keeperLock(), LOCK);
        if (lock.isEmpty()) {
            System.exit(KeptServer.OTHER_KEEPER);
        }
        // The description of an earlier keeper is void, and joining must not look for that keeper's lock.
        Files.deleteIfExists(directory.keeper());
        SharedServer server = SharedServer.of(directory);
        server.join(settings);
        directory.write(directory.keeper(), description(directory, idle, arguments[5]));
        keep(directory, server, idle);
        Files.deleteIfExists(directory.keeper());
        System.exit(0);
    }

    private static String description(ServerDirectory directory, Duration idle, String token) {
        return String.join(
                "\n",
                KeptServer.PID + "=" + ProcessHandle.current().pid(),
                KeptServer.STARTED + "="
                        + KeptServer.start(ProcessHandle.current())
                                .map(String::valueOf)
                                .orElse(""),
                KeptServer.SINCE + "=" + directory.clock().millis(),
                KeptServer.IDLE_MILLIS + "=" + idle.toMillis(),
                KeptServer.BUILD + "=" + KeptServer.build(),
                KeptServer.TOKEN + "=" + token,
                "");
    }

    /** Returns when the server has been idle for so long that it was stopped. */
    private static void keep(ServerDirectory directory, SharedServer server, Duration idle) throws IOException {
        long pause = Math.max(SHORTEST_PAUSE_MILLIS, Math.min(LONGEST_PAUSE_MILLIS, idle.toMillis() / PAUSES));
        long lastUse = directory.lastUseMillis();
        // Not by the clock, which may be set.
        long idleSince = System.nanoTime();
        while (true) {
            LockFile.pause(pause);
            long use = directory.lastUseMillis();
            if (use != lastUse) {
                lastUse = use;
                idleSince = System.nanoTime();
            } else if (System.nanoTime() - idleSince >= idle.toNanos()) {
                if (server.leaveIfAlone()) {
                    return;
                }
                // A program has used it all the time.
                idleSince = System.nanoTime();
            }
        }
    }
}
