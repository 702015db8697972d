package io.hybridsnapshot.postgres.connection;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A way to a server that counts statements and bytes. It reads the messages of PostgreSQL's protocol 3.0 (Message
 * Formats, in the documentation of PostgreSQL). Safe for threads.
 */
public final class CountingProxy implements AutoCloseable {
    private static final int SSL_REQUEST = 80877103;
    private static final int BUFFER_BYTES = 1 << 16;

    private final PostgresSettings target;
    private final ServerSocket server;
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong statements = new AtomicLong();
    private final AtomicLong bytesFromServer = new AtomicLong();

    /**
     * The counts of some work.
     *
     * @param connections the connections that were opened
     * @param statements the statements that the server was told to run; each execution counts
     * @param bytesFromServer all bytes that came from the server
     */
    public record Counts(long connections, long statements, long bytesFromServer) {}

    /** A way to the server of these settings. */
    public CountingProxy(PostgresSettings target) {
        this.target = target;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    /** The settings of the same database by this way. */
    public PostgresSettings settings() {
        return PostgresSettings.of(
                "127.0.0.1", server.getLocalPort(), target.database(), target.user(), target.password());
    }

    /** Does some work and returns what it cost. */
    public Counts during(Runnable work) {
        Counts before = counts();
        work.run();
        Counts after = counts();
        return new Counts(
                after.connections - before.connections,
                after.statements - before.statements,
                after.bytesFromServer - before.bytesFromServer);
    }

    private Counts counts() {
        return new Counts(connections.get(), statements.get(), bytesFromServer.get());
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void start(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        // One of the sockets was closed.
                        return;
                    }
                },
                "counting proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = server.accept();
            Socket backend = new Socket(target.host(), target.port());
            client.setTcpNoDelay(true);
            backend.setTcpNoDelay(true);
            connections.incrementAndGet();
            start(() -> {
                try (client;
                        backend) {
                    toServer(client.getInputStream(), backend.getOutputStream());
                }
            });
            start(() -> {
                try (client;
                        backend) {
                    toClient(backend.getInputStream(), client.getOutputStream());
                }
            });
        }
    }

    private void toClient(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            bytesFromServer.addAndGet(read);
            out.write(buffer, 0, read);
        }
    }

    /** Each message is a type and a length that includes itself; the first ones have no type. */
    private void toServer(InputStream from, OutputStream to) throws IOException {
        Lookahead in = new Lookahead(from, to);
        int code;
        do {
            int length = in.readInt();
            code = in.readInt();
            in.pass(length - 2 * Integer.BYTES);
        } while (code == SSL_REQUEST);
        while (true) {
            int type = in.readByte();
            // Execute of the extended protocol, and Query of the simple one, by which COPY comes.
            if (type == 'E' || type == 'Q') {
                statements.incrementAndGet();
            }
            in.pass(in.readInt() - Integer.BYTES);
        }
    }

    /** Reads what the client sends, and passes on all that has arrived before it waits for more. */
    private static final class Lookahead {
        private final InputStream from;
        private final OutputStream to;
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private int at;
        private int end;

        Lookahead(InputStream from, OutputStream to) {
            this.from = from;
            this.to = to;
        }

        int readByte() throws IOException {
            fill();
            return buffer[at++] & 0xFF;
        }

        int readInt() throws IOException {
            return readByte() << 24 | readByte() << 16 | readByte() << 8 | readByte();
        }

        void pass(int count) throws IOException {
            int left = count;
            while (left > 0) {
                fill();
                int passed = Math.min(left, end - at);
                at += passed;
                left -= passed;
            }
        }

        private void fill() throws IOException {
            if (at == end) {
                to.write(buffer, 0, end);
                at = 0;
                end = 0;
                end = from.read(buffer);
                if (end < 0) {
                    throw new EOFException();
                }
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
