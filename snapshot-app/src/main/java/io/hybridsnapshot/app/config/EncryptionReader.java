package io.hybridsnapshot.app.config;

import io.hybridsnapshot.app.config.SettingReader.Found;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads the origin of the archives' keys: the environment, or else the file. Each may name at most one origin. Not
 * thread-safe.
 */
final class EncryptionReader {
    private static final String KEY_VARIABLE = "SNAPSHOT_ENCRYPTION_KEY";
    private static final String FILE_VARIABLE = "SNAPSHOT_ENCRYPTION_KEY_FILE";
    private static final String FILE = "key-file";
    private static final String COMMAND = "key-command";

    private final SettingReader settings;
    private final ConfigurationRequest request;
    private final Path base;
    private final Problems problems;

    EncryptionReader(SettingReader settings, ConfigurationRequest request, Path base, Problems problems) {
        this.settings = settings;
        this.request = request;
        this.base = base;
        this.problems = problems;
    }

    EncryptionSection read(YamlSection section) {
        if (section.has("key")) {
            problems.add(
                    section.placeOf("key"),
                    "a key does not belong in this file; use '" + section.name(FILE) + "', '" + section.name(COMMAND)
                            + "', " + KEY_VARIABLE + " or " + FILE_VARIABLE);
        }
        EncryptionSection inFile = inFile(section);
        section.finish();
        EncryptionSection taken = inEnvironment(section).orElse(inFile);
        if (taken instanceof EncryptionSection.Off) {
            settings.note("encryption", "off", "default");
        }
        return taken;
    }

    private Optional<EncryptionSection> inEnvironment(YamlSection section) {
        Optional<Found> key = settings.variable(KEY_VARIABLE);
        Optional<Found> file = settings.variable(FILE_VARIABLE);
        if (key.isPresent() && file.isPresent()) {
            problems.add(file.get().where(), "the key has two places, this one and " + KEY_VARIABLE + "; choose one");
        }
        if (key.isPresent()) {
            Secret keyset = new Secret(key.get().text());
            settings.note(section.name("key"), keyset.toString(), key.get().where());
            return Optional.of(new EncryptionSection.KeyText(keyset, key.get().where()));
        }
        return file.flatMap(found -> keyFile(section, found, request.directory()));
    }

    private EncryptionSection inFile(YamlSection section) {
        Optional<Found> file = section.scalar(FILE).map(scalar -> new Found(scalar.text(), scalar.where()));
        List<String> command = section.texts(COMMAND);
        boolean overridden = settings.variable(KEY_VARIABLE)
                .or(() -> settings.variable(FILE_VARIABLE))
                .isPresent();
        if (file.isPresent() && section.has(COMMAND)) {
            problems.add(
                    section.placeOf(COMMAND),
                    "the key has two places, this one and '" + section.name(FILE) + "' (" + section.placeOf(FILE)
                            + "); choose one");
        }
        if (section.has(COMMAND) && (command.isEmpty() || command.get(0).isBlank())) {
            problems.add(
                    section.placeOf(COMMAND),
                    section.name(COMMAND) + ": found nothing, expected a program and its arguments as a list");
            return new EncryptionSection.Off();
        }
        if (overridden) {
            return new EncryptionSection.Off();
        }
        if (file.isPresent()) {
            return keyFile(section, file.get(), base).orElseGet(EncryptionSection.Off::new);
        }
        if (!command.isEmpty()) {
            EncryptionSection.KeyCommand found = new EncryptionSection.KeyCommand(command);
            settings.note(section.name(COMMAND), found.toString(), section.placeOf(COMMAND));
            return found;
        }
        return new EncryptionSection.Off();
    }

    private Optional<EncryptionSection> keyFile(YamlSection section, Found found, Path from) {
        Optional<Path> path = settings.path(found.text(), found.where(), section.name(FILE), from);
        path.ifPresent(file -> settings.note(section.name(FILE), file.toString(), found.where()));
        return path.map(EncryptionSection.KeyFile::new);
    }
}
