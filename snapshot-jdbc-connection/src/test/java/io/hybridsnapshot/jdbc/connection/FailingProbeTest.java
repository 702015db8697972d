package io.hybridsnapshot.jdbc.connection;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.silence.SilenceWatch;
import io.hybridsnapshot.silence.WatchedSockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A probe that fails in an unexpected way must not end the watch, whose connection would wait for ever then. */
@Timeout(30)
class FailingProbeTest {
    private static final SilenceWatch.Limits SHORT =
            new SilenceWatch.Limits(Duration.ofMillis(60), Duration.ofMillis(10), 2);

    private static void assertGivenUp(SilenceWatch.Probe probe) throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SilenceWatch watch = new SilenceWatch("test", SHORT);
                Socket socket = new WatchedSockets(watch.key()).createSocket()) {
            watch.start(probe);
            socket.connect(silent.getLocalSocketAddress());
            assertThrows(IOException.class, () -> socket.getInputStream().read());
            assertTrue(watch.verdict().isPresent());
        }
    }

    @Test
    void aConnectionIsGivenUpWhereTheProbeThrowsAnException() throws IOException {
        assertGivenUp(() -> {
            throw new IllegalStateException("the driver is broken");
        });
    }

    @Test
    void aConnectionIsGivenUpWhereTheProbeThrowsAnError() throws IOException {
        assertGivenUp(() -> {
            throw new OutOfMemoryError("Java heap space");
        });
    }
}
