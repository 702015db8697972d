package io.hybridsnapshot.app.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The origin of the archives' keys. No file is read and no command is run before a key is needed. */
public sealed interface EncryptionSection {
    /** Archives are not encrypted. */
    record Off() implements EncryptionSection {}

    /**
     * A file that holds the keyset.
     *
     * @param file its path
     */
    record KeyFile(Path file) implements EncryptionSection {
        public KeyFile {
            Objects.requireNonNull(file, "file");
        }
    }

    /**
     * A command that prints the keyset.
     *
     * @param command the program and its arguments; no shell reads them
     */
    record KeyCommand(List<String> command) implements EncryptionSection {
        public KeyCommand {
            command = List.copyOf(command);
            if (command.isEmpty() || command.get(0).isBlank()) {
                throw new IllegalArgumentException("a command needs a program");
            }
        }

        /** The program alone, since arguments may be secrets. */
        @Override
        public String toString() {
            int arguments = command.size() - 1;
            return command.get(0)
                    + (arguments == 0 ? "" : " and " + arguments + (arguments == 1 ? " argument" : " arguments"));
        }
    }

    /**
     * The keyset itself.
     *
     * @param keyset from the environment
     * @param origin which variable
     */
    record KeyText(Secret keyset, String origin) implements EncryptionSection {
        public KeyText {
            Objects.requireNonNull(keyset, "keyset");
            Objects.requireNonNull(origin, "origin");
        }
    }
}
