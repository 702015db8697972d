package io.hybridsnapshot.app.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Writes the commit that the program is built from into a file, which {@link StoredAnswers} prints with the version.
 * The build calls it. Outside of a Git checkout, or without Git, there is no such file.
 */
public final class CommitText {
    /** The file beside this class. */
    static final String FILE = "commit.txt";

    /** A fixed length: the shortest that is unique differs between clones of one repository. */
    private static final int DIGITS = 12;

    private static final String MODIFIED = "-dirty";
    private static final long SECONDS = 30;

    private CommitText() {}

    /**
     * Writes the file, or deletes it if the commit is not known.
     *
     * @param arguments the directory of the compiled classes; the checkout's root directory; {@code commit=}, followed
     *     by the text to write instead of Git's answer, or by nothing
     */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0], CommitText.class.getPackageName().split("\\."))
                .resolve(FILE);
        String given = arguments[2].substring(arguments[2].indexOf('=') + 1).strip();
        Optional<String> text = given.isEmpty() ? read(Path.of(arguments[1])) : Optional.of(given);
        if (text.isPresent()) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text.get());
        } else {
            Files.deleteIfExists(file);
        }
    }

    /**
     * The first digits of the checked out commit, and whether files that Git knows differ from it.
     *
     * @param root a directory; the repository of a directory above it is not asked
     */
    static Optional<String> read(Path root) throws IOException {
        if (Files.notExists(root.resolve(".git"))) {
            return Optional.empty();
        }
        ProcessBuilder git = new ProcessBuilder(
                List.of("git", "describe", "--always", "--dirty=" + MODIFIED, "--abbrev=40", "--exclude=*"));
        git.directory(root.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD);
        // Only reads: a build beside another command of Git must not make it fail.
        git.environment().put("GIT_OPTIONAL_LOCKS", "0");
        Process process;
        try {
            process = git.start();
        } catch (IOException e) {
            // Git is not installed.
            return Optional.empty();
        }
        process.getOutputStream().close();
        String answer;
        try (InputStream out = process.getInputStream()) {
            answer = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                return Optional.empty();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        String commit = answer.endsWith(MODIFIED) ? answer.substring(0, answer.length() - MODIFIED.length()) : answer;
        if (!commit.matches("[0-9a-f]{40,}")) {
            return Optional.empty();
        }
        return Optional.of(commit.substring(0, DIGITS) + (commit.equals(answer) ? "" : ", modified"));
    }
}
