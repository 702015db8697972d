package io.hybridsnapshot.app.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncryptionReaderTest {
    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();

    private Configuration load(String yaml) throws IOException {
        Files.createDirectories(directory.resolve("conf"));
        Files.writeString(directory.resolve("conf/snapshot.yaml"), yaml);
        return ConfigurationLoader.load(new ConfigurationRequest(
                Optional.of(Path.of("conf/snapshot.yaml")),
                Optional.empty(),
                directory,
                Optional.of(directory.resolve("user")),
                environment));
    }

    private String report(String yaml) {
        return assertThrows(SnapshotException.class, () -> load(yaml)).getMessage();
    }

    private static List<Setting> settings(Configuration configuration) {
        return configuration.settings().stream()
                .filter(setting -> setting.name().startsWith("encryption"))
                .toList();
    }

    @Test
    void encryptionIsOffWhereNobodyAsksForIt() throws IOException {
        for (String yaml : List.of("", "encryption:\n", "encryption: {}\n")) {
            Configuration configuration = load(yaml);
            assertEquals(new EncryptionSection.Off(), configuration.encryption());
            assertEquals(List.of(new Setting("encryption", "off", "default")), settings(configuration));
        }
    }

    @Test
    void keyFileStartsAtTheFileAndInTheEnvironmentAtTheCurrentDirectory() throws IOException {
        String yaml = "encryption: {key-file: a.key}\n";
        assertEquals(
                new EncryptionSection.KeyFile(directory.resolve("conf/a.key")),
                load(yaml).encryption());
        environment.put("SNAPSHOT_ENCRYPTION_KEY_FILE", "b.key");
        assertEquals(
                new EncryptionSection.KeyFile(directory.resolve("b.key")),
                load(yaml).encryption());
        assertEquals(
                List.of(new Setting(
                        "encryption.key-file",
                        directory.resolve("b.key").toString(),
                        "environment variable SNAPSHOT_ENCRYPTION_KEY_FILE")),
                settings(load(yaml)));
    }

    @Test
    void keyCommandShowsItsProgramAlone() throws IOException {
        Configuration configuration = load("encryption:\n  key-command: [vault, read, --token=abc]\n");
        assertEquals(
                new EncryptionSection.KeyCommand(List.of("vault", "read", "--token=abc")), configuration.encryption());
        assertEquals("vault and 2 arguments", settings(configuration).get(0).value());
        assertFalse(configuration.toString().contains("abc"));
    }

    @Test
    void keyInTheEnvironmentIsNeverShown() throws IOException {
        environment.put("SNAPSHOT_ENCRYPTION_KEY", "sesame");
        Configuration configuration = load("encryption: {key-file: a.key}\n");
        assertEquals(
                "sesame",
                ((EncryptionSection.KeyText) configuration.encryption())
                        .keyset()
                        .value());
        assertEquals(
                List.of(new Setting("encryption.key", "***", "environment variable SNAPSHOT_ENCRYPTION_KEY")),
                settings(configuration));
        assertFalse(configuration.toString().contains("sesame"));
    }

    @Test
    void twoPlacesForTheKeyAreAProblem() {
        assertTrue(report("encryption:\n  key-file: a.key\n  key-command: [vault]\n")
                .contains("snapshot.yaml:3: the key has two places, this one and 'encryption.key-file'"));
        environment.put("SNAPSHOT_ENCRYPTION_KEY", "sesame");
        environment.put("SNAPSHOT_ENCRYPTION_KEY_FILE", "b.key");
        String both = report("");
        assertTrue(both.contains("SNAPSHOT_ENCRYPTION_KEY_FILE: the key has two places"), both);
        assertFalse(both.contains("sesame"), both);
    }

    @Test
    void keyInTheFileIsRefusedWithoutBeingShown() {
        String refused = report("encryption: {key: sesame}\n");
        assertTrue(refused.contains("a key does not belong in this file"), refused);
        assertFalse(refused.contains("sesame"), refused);
    }

    @Test
    void commandWithoutAProgramAndUnknownKeysAreProblems() {
        for (String command : List.of("[]", "", "\"\"")) {
            assertTrue(report("encryption:\n  key-command: " + command + "\n")
                    .contains("expected a program and its arguments"));
        }
        assertTrue(report("encryption: {keyfile: a}\n").contains("did you mean 'key-file'?"));
    }
}
