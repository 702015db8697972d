package io.hybridsnapshot.encryption;

import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.Key;
import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.StreamingAead;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.streamingaead.AesGcmHkdfStreamingKey;
import com.google.crypto.tink.streamingaead.AesGcmHkdfStreamingParameters;
import com.google.crypto.tink.streamingaead.StreamingAeadConfig2026;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The available keys: one that encrypts new files, and former ones that decrypt their files. As a text they are a
 * keyset in Tink's JSON format, which Tink's other libraries and its command line read too. The text is a secret, and
 * only {@link #text} shows it. Immutable and safe to share.
 */
public final class EncryptionKeys {
    /** No key at all. */
    public static final EncryptionKeys NONE = new EncryptionKeys(Optional.empty());

    /**
     * Small enough that reading a few columns of many costs little more than their own bytes. Large enough that tags
     * and round trips cost next to nothing ({@code docs/adr/0007-encryption.md} has the figures).
     */
    private static final int SEGMENT_BYTES = 16 << 10;

    private static final int SMALLEST_SEGMENT_BYTES = 1 << 10;
    private static final int LARGEST_SEGMENT_BYTES = 4 << 20;
    private static final int KEY_BYTES = 32;
    private static final Configuration ALGORITHMS = StreamingAeadConfig2026.get();

    private final Optional<KeysetHandle> keyset;
    private final Map<Integer, ArchiveKey> keys = new LinkedHashMap<>();
    private final Optional<ArchiveKey> primary;

    private EncryptionKeys(Optional<KeysetHandle> keyset) {
        this.keyset = keyset;
        this.primary = keyset.map(this::collect);
    }

    private ArchiveKey collect(KeysetHandle handle) {
        ArchiveKey first = key(handle.getPrimary());
        keys.put(first.id(), first);
        for (int i = 0; i < handle.size(); i++) {
            KeysetHandle.Entry entry = handle.getAt(i);
            if (!entry.isPrimary() && entry.getStatus() == KeyStatus.ENABLED) {
                keys.put(entry.getId(), key(entry));
            }
        }
        return first;
    }

    /** Fresh keys: one key of 256 bits from the platform's secure random numbers. */
    public static EncryptionKeys generate() {
        try {
            return new EncryptionKeys(Optional.of(KeysetHandle.newBuilder()
                    .setConfiguration(ALGORITHMS)
                    .addEntry(newEntry().makePrimary())
                    .build()));
        } catch (GeneralSecurityException e) {
            throw unsupported(e);
        }
    }

    /**
     * Reads a keyset.
     *
     * @param keyset a keyset in Tink's JSON format, as {@link #text} gives it
     * @throws SnapshotException INVALID_REQUEST if it is none, or holds a key of another kind; the message shows
     *     nothing of the text
     */
    public static EncryptionKeys parse(String keyset) {
        KeysetHandle handle;
        try {
            handle = TinkJsonProtoKeysetFormat.parseKeyset(keyset.strip(), ALGORITHMS, InsecureSecretKeyAccess.get());
        } catch (GeneralSecurityException | RuntimeException e) {
            // Neither cause nor message, because a parser quotes the text that it could not read.
            throw SnapshotException.invalidRequest("the encryption key cannot be read")
                    .actual(
                            keyset.isBlank()
                                    ? "nothing"
                                    : "a text of " + keyset.length() + " characters that is no keyset")
                    .expected("a keyset in Tink's JSON format")
                    .nextStep("{0} makes one", EncryptionRemedy.NEW_KEY)
                    .build();
        }
        return new EncryptionKeys(Optional.of(handle));
    }

    /** These keys and a fresh one, which new files are encrypted with from now on. */
    public EncryptionKeys withNewPrimary() {
        KeysetHandle former = keyset.orElseThrow(() -> new IllegalStateException("there is no key to replace"));
        try {
            return new EncryptionKeys(Optional.of(KeysetHandle.newBuilder(former)
                    .setConfiguration(ALGORITHMS)
                    .addEntry(newEntry().makePrimary())
                    .build()));
        } catch (GeneralSecurityException e) {
            throw unsupported(e);
        }
    }

    private static KeysetHandle.Builder.Entry newEntry() throws GeneralSecurityException {
        return KeysetHandle.generateEntryFromParameters(AesGcmHkdfStreamingParameters.builder()
                        .setKeySizeBytes(KEY_BYTES)
                        .setDerivedAesGcmKeySizeBytes(KEY_BYTES)
                        .setHkdfHashType(AesGcmHkdfStreamingParameters.HashType.SHA256)
                        .setCiphertextSegmentSizeBytes(SEGMENT_BYTES)
                        .build())
                .withRandomId();
    }

    /** The ids of all keys in use, the one for new files first, as decimal numbers. They are no secret. */
    public List<String> ids() {
        return keys.keySet().stream().map(ArchiveKey::text).toList();
    }

    /** The keyset in Tink's JSON format. A secret. */
    public String text() {
        try {
            return TinkJsonProtoKeysetFormat.serializeKeyset(
                    keyset.orElseThrow(() -> new IllegalStateException("there is no key to write")),
                    ALGORITHMS,
                    InsecureSecretKeyAccess.get());
        } catch (GeneralSecurityException e) {
            throw unsupported(e);
        }
    }

    /** The ids alone. */
    @Override
    public String toString() {
        return keys.isEmpty() ? "no key" : "keys " + String.join(", ", ids());
    }

    /** The key that new files are encrypted with. */
    Optional<ArchiveKey> primary() {
        return primary;
    }

    /** The key of an id. */
    Optional<ArchiveKey> find(int id) {
        return Optional.ofNullable(keys.get(id));
    }

    private static ArchiveKey key(KeysetHandle.Entry entry) {
        Key key = entry.getKey();
        if (!(key instanceof AesGcmHkdfStreamingKey streaming)) {
            throw unsuitable(entry.getId(), "a key of another kind");
        }
        AesGcmHkdfStreamingParameters parameters = streaming.getParameters();
        if (parameters.getDerivedAesGcmKeySizeBytes() != KEY_BYTES) {
            throw unsuitable(entry.getId(), 8 * parameters.getDerivedAesGcmKeySizeBytes() + " bits");
        }
        int segment = parameters.getCiphertextSegmentSizeBytes();
        if (segment < SMALLEST_SEGMENT_BYTES || segment > LARGEST_SEGMENT_BYTES) {
            throw unsuitable(entry.getId(), "segments of " + segment + " bytes");
        }
        try {
            // A keyset of this key alone. A file names the key that it needs, so no other key is tried on it.
            StreamingAead cipher = KeysetHandle.newBuilder()
                    .setConfiguration(ALGORITHMS)
                    .addEntry(KeysetHandle.importKey(streaming)
                            .withFixedId(entry.getId())
                            .makePrimary())
                    .build()
                    .getPrimitive(ALGORITHMS, StreamingAead.class);
            return ArchiveKey.of(entry.getId(), cipher, parameters);
        } catch (GeneralSecurityException e) {
            throw unsupported(e);
        }
    }

    private static SnapshotException unsuitable(int id, String actual) {
        return SnapshotException.invalidRequest("an encryption key does not suit")
                .where("key " + ArchiveKey.text(id))
                .actual(actual)
                .expected("AES-GCM-HKDF streaming with 256 bits and segments of 1 KiB to 4 MiB")
                .nextStep("{0} makes such a key", EncryptionRemedy.NEW_KEY)
                .build();
    }

    private static IllegalStateException unsupported(GeneralSecurityException cause) {
        return new IllegalStateException("this Java runtime cannot do AES-GCM with HKDF", cause);
    }
}
