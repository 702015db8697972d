package io.hybridsnapshot.engine.internal.pass;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of work in a thread of its own, one at a time, in the caller's order. The caller is one piece ahead at most,
 * so the data of two pieces are in memory. The thread starts with the first piece. The effects of a piece happen before
 * {@link #await} returns. One caller's thread, which closes this.
 */
public final class BackgroundWork implements AutoCloseable {
    private final String name;
    private @Nullable ExecutorService executor;
    private @Nullable Future<?> running;

    /**
     * Makes no thread yet.
     *
     * @param name the name of the thread
     */
    public BackgroundWork(String name) {
        this.name = name;
    }

    /**
     * Waits for the piece before, and starts another one.
     *
     * @throws RuntimeException the failure of the piece before; UNAVAILABLE if the caller is interrupted
     */
    public void run(Runnable piece) {
        await();
        ExecutorService thread = executor;
        if (thread == null) {
            thread = Executors.newSingleThreadExecutor(work -> {
                Thread daemon = new Thread(work, name);
                daemon.setDaemon(true);
                return daemon;
            });
            executor = thread;
        }
        running = thread.submit(piece);
    }

    /**
     * Waits for the last piece.
     *
     * @throws RuntimeException its failure; UNAVAILABLE if the caller is interrupted
     */
    public void await() {
        Future<?> last = running;
        if (last == null) {
            return;
        }
        try {
            last.get();
            running = null;
        } catch (InterruptedException e) {
            throw Interruption.error(e);
        } catch (ExecutionException e) {
            running = null;
            Throwable cause = e.getCause();
            throw PrefetchedRowStream.thrown(cause == null ? e : cause);
        }
    }

    /** Waits for the last piece, whatever becomes of it, and ends the thread. */
    @Override
    public void close() {
        ExecutorService thread = executor;
        if (thread == null) {
            return;
        }
        thread.shutdown();
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                ended = thread.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
