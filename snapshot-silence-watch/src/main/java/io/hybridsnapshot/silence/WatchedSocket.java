package io.hybridsnapshot.silence;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A socket that notes since when a read or a write of it waits. As safe for threads as a socket is. */
final class WatchedSocket extends Socket {
    /** A host that is gone is noticed within a minute and a half, by the kernel. Not every system has these options. */
    private static final Map<String, Integer> KEEP_ALIVE =
            Map.of("TCP_KEEPIDLE", 30, "TCP_KEEPINTERVAL", 10, "TCP_KEEPCOUNT", 6);

    private static final long IDLE = 0;

    private final SilenceWatch watch;
    private final AtomicLong reading = new AtomicLong(IDLE);
    private final AtomicLong writing = new AtomicLong(IDLE);

    WatchedSocket(SilenceWatch watch) {
        this.watch = watch;
        watch.add(this);
    }

    @Override
    public void connect(SocketAddress address, int timeout) throws IOException {
        super.connect(address, timeout);
        setKeepAlive(true);
        for (SocketOption<?> option : supportedOptions()) {
            Integer seconds = KEEP_ALIVE.get(option.name());
            if (seconds != null && option.type() == Integer.class) {
                set(option, seconds);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private void set(SocketOption<?> option, Integer value) throws IOException {
        try {
            setOption((SocketOption<Integer>) option, value);
        } catch (UnsupportedOperationException e) {
            // The kernel's own times stay.
            return;
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new WatchedInput(super.getInputStream());
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new WatchedOutput(super.getOutputStream());
    }

    @Override
    public synchronized void close() throws IOException {
        watch.remove(this);
        super.close();
    }

    /** Closes the socket while other threads may wait for it. Takes no lock that those threads may hold. */
    void abort() {
        try {
            super.close();
        } catch (IOException e) {
            // The connection is given up already, so a failure to close it changes nothing.
            return;
        }
    }

    /** Returns the start ({@link System#nanoTime}) of the read or write that waits longest; empty where none waits. */
    Optional<AtomicLong> waiting() {
        long read = reading.get();
        long write = writing.get();
        if (read == IDLE && write == IDLE) {
            return Optional.empty();
        }
        boolean readFirst = write == IDLE || read != IDLE && read - write <= 0;
        return Optional.of(readFirst ? reading : writing);
    }

    /** Returns the start time of an operation that begins now; never the value that stands for no operation. */
    private static long begun() {
        long now = System.nanoTime();
        return now == IDLE ? 1 : now;
    }

    private IOException told(IOException failure) {
        return watch.verdict()
                .<IOException>map(verdict -> new SilentConnectionException(verdict, failure))
                .orElse(failure);
    }

    private final class WatchedInput extends FilterInputStream {
        WatchedInput(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            reading.set(begun());
            try {
                return in.read();
            } catch (IOException e) {
                throw told(e);
            } finally {
                reading.set(IDLE);
            }
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            reading.set(begun());
            try {
                return in.read(target, offset, length);
            } catch (IOException e) {
                throw told(e);
            } finally {
                reading.set(IDLE);
            }
        }

        @Override
        public void close() throws IOException {
            WatchedSocket.this.close();
        }
    }

    private final class WatchedOutput extends FilterOutputStream {
        WatchedOutput(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            writing.set(begun());
            try {
                out.write(source, offset, length);
            } catch (IOException e) {
                throw told(e);
            } finally {
                writing.set(IDLE);
            }
        }

        @Override
        public void close() throws IOException {
            WatchedSocket.this.close();
        }
    }
}
