package io.hybridsnapshot.app.encryption;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Runs a command that prints a keyset. No shell is between, stdin is empty, stdout is the secret, and of stderr a few lines are shown on failure, in
 * which everything that might be a key is struck out. Stateless.
 */
final class KeyCommand {
    /** How long a command may take. */
    static final Duration TIME_LIMIT = Duration.ofSeconds(30);

    private static final int MAX_OUTPUT_BYTES = 1 << 20;
    private static final int MAX_SHOWN = 300;
    /** A key of 32 bytes in Base64 or hexadecimal digits is longer; few words and paths are. */
    private static final Pattern LIKE_A_KEY = Pattern.compile("[A-Za-z0-9+/_=-]{32,}");
    /** Words this long that stand in both stdout and stderr are struck out, whatever they are. */
    private static final int WORD_LENGTH = 6;

    private static final Pattern WORDS = Pattern.compile("[\\s\"',:;{}\\[\\]()]+");
    private static final String STRUCK_OUT = "***";
    private static final int MAX_COMPARED = 1 << 16;
    private static final int MAX_SEARCHED = 1 << 12;

    private KeyCommand() {}

    /**
     * What the command prints.
     *
     * @throws SnapshotException INVALID_REQUEST if the program cannot be started; UNAVAILABLE if it fails, prints too much or takes too long
     */
    static String output(List<String> command, Duration limit) {
        Process process = start(command);
        Drain out = new Drain(process.getInputStream());
        Drain err = new Drain(process.getErrorStream());
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // The program has ended already; what it printed counts.
        }
        try {
            long end = System.nanoTime() + limit.toNanos();
            boolean ended = process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS) && out.join(end) && err.join(end);
            String shown = shown(err.text(), out.text());
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
                .nextStep("run it by hand")
                .build();
    }

    /** The end of stderr as a remark on one line, without anything that may be a key or a part of one. */
    static String shown(String stderr, String stdout) {
        if (stdout.length() > MAX_COMPARED) {
            // No keyset is so long, so nobody knows what is a secret there.
            return "";
        }
        String text = end(stderr, MAX_SEARCHED);
        for (String word : WORDS.split(stdout)) {
            if (word.length() >= WORD_LENGTH) {
                text = text.replace(word, STRUCK_OUT);
            }
        }
        for (String word : WORDS.split(text)) {
            if (word.length() >= WORD_LENGTH && stdout.contains(word)) {
                text = text.replace(word, STRUCK_OUT);
            }
        }
        text = LIKE_A_KEY.matcher(text).replaceAll(STRUCK_OUT);
        text = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return text.isEmpty() ? "" : ", which says: " + end(text, MAX_SHOWN);
    }

    /** The end of a text, from a blank on, since a part of a key would not be taken for one. */
    private static String end(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        String end = text.substring(text.length() - length);
        int blank = 0;
        while (blank < end.length() && !Character.isWhitespace(end.charAt(blank))) {
            blank++;
        }
        return "…" + end.substring(blank);
    }

    /** Reads a stream to its end in a thread of its own, so that the program never waits for its reader, and keeps the beginning. */
    private static final class Drain {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final Thread thread;
        private boolean tooMuch;

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
                // The program was ended; what it printed before that is kept.
            }
        }

        private synchronized void keep(byte[] bytes, int count) {
            int room = MAX_OUTPUT_BYTES - kept.size();
            kept.write(bytes, 0, Math.min(count, room));
            tooMuch |= count > room;
        }

        /** Waits until the stream ends, or until that moment; somebody whom the program left behind may hold it open. */
        boolean join(long endNanos) throws InterruptedException {
            long left = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
            thread.join(Math.max(1, left));
            return !thread.isAlive();
        }

        synchronized boolean isTooMuch() {
            return tooMuch;
        }

        synchronized String text() {
            return kept.toString(StandardCharsets.UTF_8);
        }
    }
}
