package io.hybridsnapshot.postgres.connection;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A loopback network that falls silent. It still accepts connections and closes none, but all their bytes are lost. */
public final class SilentProxy implements AutoCloseable {
    /** The treatment of bytes. */
    public enum Mode {
        /** They arrive. */
        FORWARD,
        /** They are taken and lost. */
        DROP,
        /** They are not even taken, so that the sender's buffer fills. */
        STALL
    }

    private final ServerSocket server;
    private final String targetHost;
    private final int targetPort;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private volatile Mode modeOfNew = Mode.FORWARD;
    private volatile String trigger;

    /** One connection through the proxy. */
    private static final class Line {
        private volatile Mode mode;
    }

    /** A proxy of a server. */
    public SilentProxy(PostgresSettings target) {
        this.targetHost = target.host();
        this.targetPort = target.port();
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    /** The port on which the proxy listens. */
    public int port() {
        return server.getLocalPort();
    }

    /** The target's settings, through the proxy. */
    public PostgresSettings through(PostgresSettings target, java.util.Map<String, String> properties) {
        return new PostgresSettings(
                "127.0.0.1", port(), target.database(), target.user(), target.password(), properties);
    }

    /** From now on, for existing connections and for new ones. */
    public void all(Mode mode) {
        modeOfNew = mode;
        existing(mode);
    }

    /** From now on, for existing connections. */
    public void existing(Mode mode) {
        lines.forEach(line -> line.mode = mode);
    }

    /** All fall silent once a client sends this text, which is lost as well. */
    public void dropFrom(String text) {
        trigger = text;
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = server.accept();
            Socket target = new Socket(targetHost, targetPort);
            sockets.add(client);
            sockets.add(target);
            Line line = new Line();
            line.mode = modeOfNew;
            lines.add(line);
            start(() -> pump(client, target, line, true));
            start(() -> pump(target, client, line, false));
        }
    }

    private void pump(Socket from, Socket to, Line line, boolean fromClient) throws IOException {
        byte[] buffer = new byte[8_192];
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        try {
            while (true) {
                int read = in.read(buffer);
                if (read < 0) {
                    return;
                }
                String sought = trigger;
                if (fromClient
                        && sought != null
                        && new String(buffer, 0, read, StandardCharsets.ISO_8859_1).contains(sought)) {
                    all(Mode.DROP);
                }
                while (line.mode == Mode.STALL) {
                    Thread.sleep(20);
                }
                if (line.mode == Mode.FORWARD) {
                    out.write(buffer, 0, read);
                    out.flush();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            from.close();
            to.close();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // A connection ended, or the proxy did.
                return;
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            server.close();
            all(Mode.DROP);
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
