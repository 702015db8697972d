package io.hybridsnapshot.encryption;

import io.hybridsnapshot.domain.error.Remedy;

/** The remedies that only this module's texts refer to. */
public enum EncryptionRemedy implements Remedy {
    /** The creation of a key; a noun. */
    NEW_KEY("EncryptionKeys.generate");

    private final String words;

    EncryptionRemedy(String words) {
        this.words = words;
    }

    @Override
    public String words() {
        return words;
    }
}
