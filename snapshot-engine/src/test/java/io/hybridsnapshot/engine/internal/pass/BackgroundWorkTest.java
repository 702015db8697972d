package io.hybridsnapshot.engine.internal.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pieces of work in another thread, one after the other. */
class BackgroundWorkTest {
    @Test
    void piecesRunInOrderInOneOtherThread() {
        List<Integer> order = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        try (BackgroundWork work = new BackgroundWork("work")) {
            for (int i = 0; i < 100; i++) {
                int piece = i;
                work.run(() -> {
                    order.add(piece);
                    threads.add(Thread.currentThread());
                });
            }
            work.await();
            assertEquals(IntStream.range(0, 100).boxed().toList(), order);
            assertEquals(1, threads.stream().distinct().count());
            assertEquals("work", threads.get(0).getName());
        }
    }

    @Test
    void aFailureIsThrownOnceByTheNextCall() {
        try (BackgroundWork work = new BackgroundWork("work")) {
            IllegalStateException failure = new IllegalStateException("full");
            work.run(() -> {
                throw failure;
            });
            assertSame(failure, assertThrows(IllegalStateException.class, work::await));
            work.run(() -> {});
            work.await();
        }
    }

    @Test
    void anInterruptedCallerStopsWaiting() {
        CountDownLatch end = new CountDownLatch(1);
        BackgroundWork work = new BackgroundWork("work");
        work.run(() -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Thread.currentThread().interrupt();
        SnapshotException error = assertThrows(SnapshotException.class, work::await);
        assertTrue(Interruption.isCauseOf(error));
        end.countDown();
        Thread.interrupted();
        work.close();
    }
}
