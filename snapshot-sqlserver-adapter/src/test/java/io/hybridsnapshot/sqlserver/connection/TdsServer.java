package io.hybridsnapshot.sqlserver.connection;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * Gives a test's answers in the protocol of SQL Server (MS-TDS 7.4, without encryption and features). The driver logs
 * in, sends its statements, and gets rows, nothing, or an error. The class understands no T-SQL. One connection per
 * thread; closing ends all. Safe to share between threads.
 */
public final class TdsServer implements AutoCloseable {
    /** The answer to a statement. */
    public static final class Answer {
        private final byte[] tokens;

        private Answer(byte[] tokens) {
            this.tokens = tokens;
        }

        /** That it was done. */
        public static Answer done() {
            return new Answer(new Tokens().done(0).bytes());
        }

        /** One row. Its columns are whole numbers, or texts, or NULL as a text. */
        public static Answer row(Object... values) {
            Tokens tokens = new Tokens();
            tokens.columns(values);
            tokens.row(values);
            return new Answer(tokens.done(1).bytes());
        }

        /** The same row some times. */
        public static Answer rows(int count, Object... values) {
            byte[] columns = new Tokens().columns(values).bytes();
            byte[] row = new Tokens().row(values).bytes();
            byte[] end = new Tokens().done(count).bytes();
            ByteBuffer all = ByteBuffer.allocate(columns.length + count * row.length + end.length);
            all.put(columns);
            for (int i = 0; i < count; i++) {
                all.put(row);
            }
            return new Answer(all.put(end).array());
        }

        /** The columns of a row, and no row. */
        public static Answer noRow(Object... values) {
            return new Answer(new Tokens().columns(values).done(0).bytes());
        }

        /** An error of severity 16 with a number of the server's. */
        public static Answer error(int number, String message) {
            return new Answer(new Tokens().error(number, message).failed().bytes());
        }
    }

    private static final int SQL_BATCH = 0x01;
    private static final int RPC = 0x03;
    private static final int LOGIN = 0x10;
    private static final int PRELOGIN = 0x12;
    private static final int REPLY = 0x04;
    private static final int HEADER = 8;
    private static final int PACKET = 4096;

    private final ServerSocket socket;
    private final Function<String, Answer> answers;
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    private TdsServer(ServerSocket socket, Function<String, Answer> answers) {
        this.socket = socket;
        this.answers = answers;
    }

    /**
     * Listens on a port of this host.
     *
     * @param answers the answer to a statement's text. For a call with parameters, the text holds other characters too
     */
    public static TdsServer start(Function<String, Answer> answers) {
        try {
            TdsServer server = new TdsServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answers);
            run(server::accept);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(Runnable work) {
        Thread thread = new Thread(work, "tds-server");
        thread.setDaemon(true);
        thread.start();
    }

    /** The port. */
    public int port() {
        return socket.getLocalPort();
    }

    /** The texts of all statements so far, in order. */
    public List<String> heard() {
        return List.copyOf(heard);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                connections.add(connection);
                run(() -> serve(connection));
            } catch (IOException e) {
                // Closed: no further requests are answered.
            }
        }
    }

    private void serve(Socket connection) {
        // Closing a stream of a connection closes the connection.
        try (DataInputStream in = new DataInputStream(connection.getInputStream());
                OutputStream out = connection.getOutputStream()) {
            while (true) {
                byte[] header = new byte[HEADER];
                in.readFully(header);
                int type = header[0];
                byte[] message = message(header, in);
                switch (type) {
                    case PRELOGIN -> reply(out, prelogin());
                    case LOGIN -> reply(out, new Tokens().login().done(0).bytes());
                    case SQL_BATCH, RPC -> {
                        String text = text(type, message);
                        heard.add(text);
                        reply(out, answers.apply(text).tokens);
                    }
                    default -> throw new IOException("a message of type " + type);
                }
            }
        } catch (IOException e) {
            // The driver has closed the connection.
        }
    }

    private static byte[] message(byte[] first, DataInputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] header = first;
        while (true) {
            byte[] part = new byte[ByteBuffer.wrap(header).getShort(2) - HEADER];
            in.readFully(part);
            all.writeBytes(part);
            if ((header[1] & 1) == 1) {
                return all.toByteArray();
            }
            in.readFully(header);
        }
    }

    /** After the headers of a batch, only its text follows. The text of a call starts at an odd or an even position. */
    private static String text(int type, byte[] message) {
        int start = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getInt(0);
        String even = new String(message, start, message.length - start, StandardCharsets.UTF_16LE);
        return type == SQL_BATCH
                ? even
                : even + new String(message, start + 1, message.length - start - 1, StandardCharsets.UTF_16LE);
    }

    private static void reply(OutputStream out, byte[] tokens) throws IOException {
        for (int at = 0; at < tokens.length; at += PACKET - HEADER) {
            int size = Math.min(PACKET - HEADER, tokens.length - at);
            ByteBuffer packet = ByteBuffer.allocate(HEADER + size);
            packet.put((byte) REPLY).put((byte) (at + size == tokens.length ? 1 : 0));
            packet.putShort((short) (HEADER + size)).putInt(1 << 8).put(tokens, at, size);
            out.write(packet.array());
        }
        out.flush();
    }

    /** Version 16.0.1000 and "no encryption at all", each with its place and length. */
    private static byte[] prelogin() {
        ByteBuffer options = ByteBuffer.allocate(2 * 5 + 1 + 6 + 1);
        options.put((byte) 0).putShort((short) 11).putShort((short) 6);
        options.put((byte) 1).putShort((short) 17).putShort((short) 1);
        options.put((byte) 0xFF);
        options.put((byte) 16).put((byte) 0).putShort((short) 1000).putShort((short) 0);
        options.put((byte) 2);
        return options.array();
    }

    @Override
    public void close() {
        try {
            socket.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tokens of a reply. */
    private static final class Tokens {
        private static final byte[] COLLATION = {0x09, 0x04, (byte) 0xD0, 0x00, 0x34};
        private static final int ENVIRONMENT = 0xE3;
        private static final int LOGIN_ACKNOWLEDGED = 0xAD;
        private static final int ERROR = 0xAA;
        private static final int DONE = 0xFD;
        private static final int COLUMNS = 0x81;
        private static final int ROW = 0xD1;
        private static final int NULLABLE_INT = 0x26;
        private static final int NVARCHAR = 0xE7;
        private static final int LONGEST = 8000;

        private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

        byte[] bytes() {
            byte[] bytes = new byte[buffer.position()];
            buffer.flip().get(bytes);
            return bytes;
        }

        private void token(int token, Tokens content) {
            byte[] bytes = content.bytes();
            buffer.put((byte) token).putShort((short) bytes.length).put(bytes);
        }

        private Tokens shortText(String text) {
            buffer.put((byte) text.length()).put(text.getBytes(StandardCharsets.UTF_16LE));
            return this;
        }

        Tokens login() {
            Tokens collation = new Tokens();
            collation
                    .buffer
                    .put((byte) 7)
                    .put((byte) COLLATION.length)
                    .put(COLLATION)
                    .put((byte) 0);
            token(ENVIRONMENT, collation);
            Tokens acknowledged = new Tokens();
            acknowledged.buffer.put(new byte[] {1, 0x74, 0, 0, 4});
            acknowledged.shortText("Microsoft SQL Server");
            acknowledged.buffer.put(new byte[] {16, 0, 3, (byte) 0xE8});
            token(LOGIN_ACKNOWLEDGED, acknowledged);
            return this;
        }

        Tokens error(int number, String message) {
            Tokens error = new Tokens();
            error.buffer.putInt(number).put((byte) 1).put((byte) 16);
            error.buffer.putShort((short) message.length()).put(message.getBytes(StandardCharsets.UTF_16LE));
            error.shortText("").shortText("").buffer.putInt(1);
            token(ERROR, error);
            return this;
        }

        Tokens columns(Object[] values) {
            buffer.put((byte) COLUMNS).putShort((short) values.length);
            for (Object value : values) {
                buffer.putInt(0).putShort((short) 1);
                if (value instanceof Integer) {
                    buffer.put((byte) NULLABLE_INT).put((byte) Integer.BYTES);
                } else {
                    buffer.put((byte) NVARCHAR).putShort((short) LONGEST).put(COLLATION);
                }
                shortText("c");
            }
            return this;
        }

        Tokens row(Object[] values) {
            buffer.put((byte) ROW);
            for (Object value : values) {
                if (value instanceof Integer number) {
                    buffer.put((byte) Integer.BYTES).putInt(number);
                } else if (value == null) {
                    buffer.putShort((short) -1);
                } else {
                    byte[] text = value.toString().getBytes(StandardCharsets.UTF_16LE);
                    buffer.putShort((short) text.length).put(text);
                }
            }
            return this;
        }

        Tokens done(long rows) {
            buffer.put((byte) DONE)
                    .putShort((short) (rows > 0 ? 0x10 : 0))
                    .putShort((short) 0)
                    .putLong(rows);
            return this;
        }

        Tokens failed() {
            buffer.put((byte) DONE).putShort((short) 2).putShort((short) 0).putLong(0);
            return this;
        }
    }
}
