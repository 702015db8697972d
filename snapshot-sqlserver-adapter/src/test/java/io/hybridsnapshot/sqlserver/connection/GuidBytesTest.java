package io.hybridsnapshot.sqlserver.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GuidBytesTest {
    @Test
    void theFirstThreeGroupsAreLittleEndian() {
        // CAST(CAST('00112233-4455-6677-8899-AABBCCDDEEFF' AS UNIQUEIDENTIFIER) AS BINARY(16)), as SQL Server documents
        // it.
        byte[] kept = HexFormat.of().parseHex("33221100554477668899aabbccddeeff");
        assertEquals(
                UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
                new UUID(GuidBytes.high(kept, 0), GuidBytes.low(kept, 0)));
        byte[] all = HexFormat.of().parseHex("ff" + "ffffffff80010203fefd0a0b0c0d0e0f0f");
        assertEquals(
                UUID.fromString("ffffffff-0180-0302-fefd-0a0b0c0d0e0f"),
                new UUID(GuidBytes.high(all, 1), GuidBytes.low(all, 1)));
    }
}
