package io.hybridsnapshot.sqlserver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A UNIQUEIDENTIFIER as SQL Server keeps it and converts it to BINARY(16): its first three groups (4, 2 and 2 bytes) little-endian, the
 * last eight bytes as they are (MS-DTYP, section 2.3.4.2). Stateless.
 */
final class GuidBytes {
    private static final VarHandle LITTLE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private GuidBytes() {}

    /** The first eight bytes of the UUID, as its text shows them. */
    static long high(byte[] guid, int at) {
        long mixed = (long) LITTLE.get(guid, at);
        return mixed << 32 | (mixed >>> 32 & 0xFFFF) << 16 | mixed >>> 48;
    }

    /** The last eight bytes of the UUID. */
    static long low(byte[] guid, int at) {
        return (long) BIG.get(guid, at + Long.BYTES);
    }
}
