package io.hybridsnapshot.app.encryption;

import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a command that prints a keyset. No shell is involved, stdin is empty, and stdout is the secret. On failure a few
 * lines of stderr are shown, with everything that might be a key struck out. Stateless.
 */
final class KeyCommand {
    /** The time limit of a command. */
    static final Duration TIME_LIMIT = Duration.ofSeconds(30);

    private static final int MAX_OUTPUT_BYTES = 1 << 20;

    private KeyCommand() {}

    /**
     * The output of the command.
     *
     * @throws SnapshotException INVALID_REQUEST if the program cannot be started; UNAVAILABLE if it fails, prints too
     *     much or takes too long
     */
    static String output(List<String> command, Duration limit) {
        Process process = start(command);
        Drain out = new Drain(process.getInputStream());
        Drain err = new Drain(process.getErrorStream());
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The program has ended already; its output counts.
        }
        try {
            long end = System.nanoTime() + limit.toNanos();
            boolean ended = process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS) && out.join(end) && err.join(end);
            String shown = shown(err.size());
            if (!ended) {
                throw failed(command, "no end within " + limit.toSeconds() + " s" + shown, "an answer in that time");
            }
            if (process.exitValue() != 0) {
                throw failed(command, "exit code " + process.exitValue() + shown, "exit code 0");
            }
            if (out.isTooMuch()) {
                throw failed(command, "more than " + MAX_OUTPUT_BYTES + " bytes of output", "a keyset alone");
            }
            return out.text();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(command, "an interruption", "an answer");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static Process start(List<String> command) {
        try {
            return new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw SnapshotException.invalidRequest("the key command cannot be started")
                    .where("encryption.key-command")
                    .actual("'" + command.get(0) + "'")
                    .expected("a program, by its path or on the PATH")
                    .nextStep("check encryption.key-command; each argument is an item of its own, no shell splits them")
                    .build();
        }
    }

    private static SnapshotException failed(List<String> command, String actual, String expected) {
        return SnapshotException.unavailable("the key command gave no key")
                .where(command.get(0))
                .actual(actual)
                .expected(expected)
                .nextStep("run it by hand to see its output")
                .build();
    }

    /**
     * The size of stderr. Its text is not shown, because a secret there may be written in an unrecognisable form.
     */
    static String shown(long bytes) {
        return bytes == 0
                ? ""
                : ", and " + Counted.of(bytes, "byte") + " on stderr, not shown as they may hold a secret";
    }

    /**
     * Reads a stream to its end in a separate thread, so that the program never waits for its reader. Keeps the
     * beginning.
     */
    private static final class Drain {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final Thread thread;
        private boolean tooMuch;
        private long total;

        Drain(InputStream stream) {
            this.thread = new Thread(() -> readAll(stream), "key-command-output");
            this.thread.setDaemon(true);
            this.thread.start();
        }

        private void readAll(InputStream stream) {
            byte[] buffer = new byte[8192];
            try {
                for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                    keep(buffer, read);
                }
            } catch (IOException e) {
                // The program was ended; its earlier output is kept.
            }
        }

        private synchronized void keep(byte[] bytes, int count) {
            int room = MAX_OUTPUT_BYTES - kept.size();
            kept.write(bytes, 0, Math.min(count, room));
            tooMuch |= count > room;
            total += count;
        }

        /**
         * Waits until the stream ends, or until that moment. A process that the program left behind may hold the stream
         * open.
         */
        boolean join(long endNanos) throws InterruptedException {
            long left = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
            thread.join(Math.max(1, left));
            return !thread.isAlive();
        }

        synchronized long size() {
            return total;
        }

        synchronized boolean isTooMuch() {
            return tooMuch;
        }

        synchronized String text() {
            return kept.toString(StandardCharsets.UTF_8);
        }
    }
}
