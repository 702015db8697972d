package io.hybridsnapshot.csv;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Bytes that are no complete compressed file, as opposed to bytes that cannot be read. */
final class CompressionDamageException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final boolean cut;
    private final String expected;

    /** Damage; {@code cut} if the file ends too early. */
    CompressionDamageException(boolean cut, String found, String expected, @Nullable Throwable cause) {
        super(found, cause);
        this.cut = cut;
        this.expected = expected;
    }

    /** Whether the file ends too early. */
    boolean isCut() {
        return cut;
    }

    /** The form of an undamaged file, for messages. */
    String expected() {
        return expected;
    }
}
