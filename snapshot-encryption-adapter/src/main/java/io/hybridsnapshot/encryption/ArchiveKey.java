package io.hybridsnapshot.encryption;

import com.google.crypto.tink.StreamingAead;
import com.google.crypto.tink.streamingaead.AesGcmHkdfStreamingParameters;

/**
 * One key that is ready for use, and its division of a file. The sizes are those of Tink's AES-GCM-HKDF streaming
 * format (developers.google.com/tink/streaming-aead). A header of length, salt and nonce prefix precedes the segments,
 * which each end with a tag. Header and first segment together are as long as any other segment.
 *
 * @param id the id by which a file names the key
 * @param cipher encrypts and decrypts with this key alone; safe to share
 * @param segmentBytes bytes of an encrypted segment
 * @param startBytes bytes before the first segment
 */
record ArchiveKey(int id, StreamingAead cipher, int segmentBytes, int startBytes) {
    private static final int TAG_BYTES = 16;
    private static final int LENGTH_AND_NONCE_BYTES = 1 + 7;

    static ArchiveKey of(int id, StreamingAead cipher, AesGcmHkdfStreamingParameters parameters) {
        return new ArchiveKey(
                id,
                cipher,
                parameters.getCiphertextSegmentSizeBytes(),
                LENGTH_AND_NONCE_BYTES + parameters.getDerivedAesGcmKeySizeBytes());
    }

    /** The number of plain bytes in this number of encrypted ones; negative if they cannot be a whole stream. */
    long plainLength(long encryptedLength) {
        long segments = (encryptedLength + segmentBytes - 1) / segmentBytes;
        return encryptedLength - startBytes - segments * TAG_BYTES;
    }

    /** The start of the encrypted segment that holds a plain byte. */
    long segmentStart(long plainPosition) {
        long segment = segmentOf(plainPosition);
        return segment == 0 ? startBytes : segment * segmentBytes;
    }

    /** The end of that segment, or the end of the file if that comes first. */
    long segmentEnd(long plainPosition) {
        return (segmentOf(plainPosition) + 1) * segmentBytes;
    }

    private long segmentOf(long plainPosition) {
        return (plainPosition + startBytes) / (segmentBytes - TAG_BYTES);
    }

    /** The id as people and Tink's files write it: unsigned. */
    static String text(int id) {
        return Integer.toUnsignedString(id);
    }
}
