package io.hybridsnapshot.encryption;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.schema.Schema;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A codec that also reads encrypted files, and writes plain ones. It serves programs that do not encrypt but may meet
 * encrypted files of others, or of an earlier or later configuration. Without any key, its error names the key that a
 * file needs. Immutable and safe to share if the inner codec and the supplier are.
 */
public final class DecryptingSnapshotCodec implements SnapshotCodec {
    private final SnapshotCodec inner;
    private final Supplier<EncryptionKeys> keys;

    /**
     * A codec around another one.
     *
     * @param keys the available keys, {@link EncryptionKeys#NONE} for none; asked whenever an encrypted file is opened,
     *     and only then
     */
    public DecryptingSnapshotCodec(SnapshotCodec inner, Supplier<EncryptionKeys> keys) {
        this.inner = Objects.requireNonNull(inner, "inner");
        this.keys = Objects.requireNonNull(keys, "keys");
    }

    @Override
    public String format() {
        return inner.format();
    }

    @Override
    public SnapshotWriter openWriter(Path file, Schema schema, Map<String, String> metadata) {
        return inner.openWriter(file, schema, metadata);
    }

    /**
     * {@inheritDoc}
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException also INVALID_REQUEST if the file is encrypted with a key
     *     that is not available
     */
    @Override
    public SnapshotReader openReader(SeekableBytes bytes) {
        return inner.openReader(EncryptedFiles.open(bytes, keys));
    }
}
