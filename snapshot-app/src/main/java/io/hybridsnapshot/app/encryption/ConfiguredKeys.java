package io.hybridsnapshot.app.encryption;

import io.hybridsnapshot.app.config.EncryptionSection;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.encryption.EncryptionKeys;
import io.hybridsnapshot.encryption.EncryptionRemedy;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** The keys that a configuration means, fetched when they are first needed and kept from then on. Thread-safe. */
public final class ConfiguredKeys implements Supplier<EncryptionKeys> {
    private final EncryptionSection section;
    private Optional<EncryptionKeys> keys = Optional.empty();

    /** The keys of a section. No file is read and no command is run yet. */
    public ConfiguredKeys(EncryptionSection section) {
        this.section = Objects.requireNonNull(section, "section");
    }

    /** Whether new archives are to be encrypted. */
    public boolean isOn() {
        return !(section instanceof EncryptionSection.Off);
    }

    /**
     * The keys; none if encryption is off. The next call retries a failed attempt.
     *
     * @throws SnapshotException INVALID_REQUEST if the keyset is missing, UNAVAILABLE if it cannot be fetched
     */
    @Override
    public synchronized EncryptionKeys get() {
        if (keys.isEmpty()) {
            keys = Optional.of(fetch());
        }
        return keys.get();
    }

    private EncryptionKeys fetch() {
        if (section instanceof EncryptionSection.KeyFile file) {
            return KeyFile.read(file.file());
        }
        if (section instanceof EncryptionSection.KeyCommand command) {
            return parsed(
                    KeyCommand.output(command.command(), KeyCommand.TIME_LIMIT),
                    "output of the key command " + command);
        }
        if (section instanceof EncryptionSection.KeyText text) {
            return parsed(text.keyset().value(), text.origin());
        }
        return EncryptionKeys.NONE;
    }

    static EncryptionKeys parsed(String keyset, String where) {
        try {
            return EncryptionKeys.parse(keyset);
        } catch (SnapshotException e) {
            throw SnapshotException.invalidRequest(e.problem())
                    .where(where + e.where().map(key -> ", " + key).orElse(""))
                    .actual(e.actual().orElse("something else"))
                    .expected(e.expected().orElse("a keyset"))
                    .nextStep(e.nextStepText().orElse(RemedyText.of("{0} makes one", EncryptionRemedy.NEW_KEY)))
                    .build();
        }
    }
}
