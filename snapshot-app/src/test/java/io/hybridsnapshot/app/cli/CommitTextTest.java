package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitTextTest {
    @TempDir
    Path root;

    @TempDir
    Path classes;

    private String git(String... arguments) throws IOException, InterruptedException {
        List<String> call = new ArrayList<>(
                List.of("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"));
        call.addAll(List.of(arguments));
        Process process;
        try {
            process = new ProcessBuilder(call)
                    .directory(root.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "Git is not installed");
            throw e;
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    private Path checkout() throws Exception {
        git("init", "-q");
        Path file = Files.writeString(root.resolve("a"), "1");
        git("add", "a");
        git("commit", "-q", "-m", "a");
        // A name of the commit changes nothing.
        git("tag", "v1");
        return file;
    }

    private Optional<String> written(Path of, String given) throws IOException {
        CommitText.main(new String[] {classes.toString(), of.toString(), "commit=" + given});
        Path file = classes.resolve("io/hybridsnapshot/app/cli/commit.txt");
        return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    }

    @Test
    void theTextIsTheCommitAndWhetherFilesDiffer() throws Exception {
        Path file = checkout();
        String commit = git("rev-parse", "HEAD").substring(0, 12);
        assertEquals(Optional.of(commit), written(root, ""));
        Files.writeString(root.resolve("unknown"), "1");
        assertEquals(Optional.of(commit), written(root, ""));
        Files.writeString(file, "2");
        assertEquals(Optional.of(commit + ", modified"), written(root, ""));
    }

    @Test
    void outsideOfACheckoutThereIsNoText() throws Exception {
        checkout();
        assertTrue(written(root, "").isPresent());
        Path below = Files.createDirectories(root.resolve("sources"));
        // The one of an earlier build is deleted.
        assertEquals(Optional.empty(), written(below, ""));
        Files.writeString(below.resolve(".git"), "no repository");
        assertEquals(Optional.empty(), written(below, ""));
    }

    @Test
    void aCommitThatIsGivenIsTaken() throws Exception {
        assertEquals(Optional.of("abc"), written(root, "abc"));
    }

    @Test
    void theVersionNamesTheCommit() {
        assertEquals(
                "snapshot 1.2 (abc, modified), Java " + Runtime.version().feature(),
                StoredAnswers.version("1.2", "abc, modified"));
        assertFalse(StoredAnswers.version("1.2", null).contains("("));
    }
}
