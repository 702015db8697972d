package io.hybridsnapshot.sqlserver.connection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.UUID;

/**
 * A UNIQUEIDENTIFIER as SQL Server stores it and converts it to BINARY(16). Its first three groups (4, 2 and 2 bytes)
 * are little-endian; the last eight bytes keep their order (MS-DTYP, section 2.3.4.2). Stateless.
 */
public final class GuidBytes {
    /** Bytes of a UUID. */
    public static final int LENGTH = 16;

    private static final VarHandle LITTLE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private GuidBytes() {}

    /** The first eight bytes of the UUID, as its text shows them. */
    public static long high(byte[] guid, int at) {
        long mixed = (long) LITTLE.get(guid, at);
        return mixed << 32 | (mixed >>> 32 & 0xFFFF) << 16 | mixed >>> 48;
    }

    /** Writes a UUID as SQL Server keeps it. */
    public static void write(long high, long low, byte[] guid, int at) {
        // The same exchange of groups in both directions.
        LITTLE.set(guid, at, high >>> 32 | (high >>> 16 & 0xFFFF) << 32 | high << 48);
        BIG.set(guid, at + Long.BYTES, low);
    }

    /** A UUID as SQL Server keeps it. */
    public static byte[] of(UUID uuid) {
        byte[] guid = new byte[LENGTH];
        write(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits(), guid, 0);
        return guid;
    }

    /** The last eight bytes of the UUID. */
    public static long low(byte[] guid, int at) {
        return (long) BIG.get(guid, at + Long.BYTES);
    }
}
