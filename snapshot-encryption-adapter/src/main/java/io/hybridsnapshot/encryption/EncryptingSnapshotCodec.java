package io.hybridsnapshot.encryption;

import io.hybridsnapshot.domain.changeset.FilterDigest;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A codec that encrypts the files of another codec as a whole, with AES-256-GCM in segments (Tink's streaming AEAD).
 * Reading some columns fetches only the segments that hold them. Plain files are read too. While a file is written, its
 * plain form lies beside it, readable by its owner alone. The plain form is deleted before the encrypted file is
 * finished. Immutable and safe to share if the inner codec and the supplier are.
 */
public final class EncryptingSnapshotCodec implements SnapshotCodec {
    private final SnapshotCodec inner;
    private final SnapshotCodec reading;
    private final Supplier<EncryptionKeys> keys;

    /**
     * A codec around another one.
     *
     * @param keys the available keys; asked when a file is opened for writing, and when an encrypted one is opened for
     *     reading
     */
    public EncryptingSnapshotCodec(SnapshotCodec inner, Supplier<EncryptionKeys> keys) {
        this.inner = Objects.requireNonNull(inner, "inner");
        this.reading = new DecryptingSnapshotCodec(inner, keys);
        this.keys = Objects.requireNonNull(keys, "keys");
    }

    /** {@inheritDoc} Nothing about the rows stands outside the encrypted files. */
    @Override
    public FilterDigest filterDigest() {
        return FilterDigest.NONE;
    }

    @Override
    public String format() {
        return inner.format() + "-encrypted";
    }

    /**
     * {@inheritDoc} Reported sizes and digests are those of the encrypted file, except for {@code uncompressedSize}.
     *
     * @throws SnapshotException also INVALID_REQUEST if there is no key
     */
    @Override
    public SnapshotWriter openWriter(Path file, Schema schema, Map<String, String> metadata) {
        ArchiveKey key = keys.get()
                .primary()
                .orElseThrow(() -> SnapshotException.invalidRequest("there is no key to encrypt with")
                        .where(file.toString())
                        .nextStep("{0} makes one", EncryptionRemedy.NEW_KEY)
                        .build());
        return EncryptingSnapshotWriter.open(inner, file, schema, metadata, key);
    }

    /**
     * {@inheritDoc}
     *
     * @throws SnapshotException also INVALID_REQUEST if the file is encrypted with a key that is not at hand
     */
    @Override
    public SnapshotReader openReader(SeekableBytes bytes) {
        return reading.openReader(bytes);
    }
}
