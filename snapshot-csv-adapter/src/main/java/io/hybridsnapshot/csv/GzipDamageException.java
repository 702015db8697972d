package io.hybridsnapshot.csv;

import java.io.IOException;
import java.io.Serial;

/** Bytes that are no complete gzip file, as opposed to bytes that cannot be read. */
final class GzipDamageException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final boolean cut;

    /** Damage; {@code cut} if the file ends within a member. */
    GzipDamageException(boolean cut, String found, Throwable cause) {
        super(found, cause);
        this.cut = cut;
    }

    /** Whether the file ends within a member. */
    boolean isCut() {
        return cut;
    }
}
