package io.hybridsnapshot.parquet;

import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * Sixteen bytes before the footer of the files that this codec writes: {@code HSFOOTER}, the footer's CRC-32 and its
 * length. Parquet has checksums for pages only. A footer with one wrong bit may still be readable, as another table.
 * The seal also distinguishes a file of this codec from one that another program derived from it with copied notes.
 * Other readers follow offsets and never read the seal.
 */
final class FooterSeal {
    static final int LENGTH = 16;

    private static final long MAGIC = 0x5245544F4F465348L;

    private FooterSeal() {}

    /** The seal of the footer in {@code [from, to)}. */
    static byte[] of(byte[] bytes, int from, int to) {
        CRC32 crc = new CRC32();
        crc.update(bytes, from, to - from);
        Bytes seal = new Bytes(LENGTH);
        seal.putLong(MAGIC);
        seal.putInt((int) crc.getValue());
        seal.putInt(to - from);
        return seal.array();
    }

    /** Whether the bytes before a footer are a seal. The seal may belong to another footer. */
    static boolean isSeal(byte[] bytes, int from) {
        return Bytes.longAt(bytes, from) == MAGIC;
    }

    /** Whether the seal before a footer is that footer's. */
    static boolean fits(byte[] bytes, int sealFrom, byte[] footer) {
        return Arrays.equals(of(footer, 0, footer.length), 0, LENGTH, bytes, sealFrom, sealFrom + LENGTH);
    }
}
