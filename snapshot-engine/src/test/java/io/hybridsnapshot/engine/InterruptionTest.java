package io.hybridsnapshot.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.comparison.CompareRequest;
import io.hybridsnapshot.engine.comparison.CompareSnapshots;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.comparison.DetectRequest;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.RecoverSnapshots;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A save, a detection and a comparison whose caller is interrupted while the source blocks. */
@Timeout(60)
class InterruptionTest {
    @TempDir
    Path directory;

    private InMemoryWindowStore window;
    private InMemoryArchiveStore archive;
    private SnapshotEnvironment environment;

    @BeforeEach
    void saveASnapshot() {
        window = new InMemoryWindowStore();
        archive = new InMemoryArchiveStore();
        environment = new SnapshotEnvironment(
                window,
                archive,
                new InMemorySnapshotCodec(),
                directory.resolve("work"),
                Clock.systemUTC(),
                "test",
                1 << 10);
        save(Orders.numbered(20).source());
    }

    /** The use cases that read a source. */
    enum UseCase {
        SAVE,
        DETECT,
        COMPARE
    }

    /** The calls of a source that may block. */
    enum Call {
        OPEN,
        FIRST_BATCH,
        SECOND_BATCH,
        CLOSE
    }

    static Stream<Arguments> calls() {
        return Stream.of(UseCase.values())
                .flatMap(useCase -> Stream.of(Call.values()).map(call -> Arguments.of(useCase, call)));
    }

    private void save(RowSource source) {
        new SaveSnapshot(environment).save(SaveRequest.of(Orders.DATASET, Partition.ALL), source);
    }

    private void run(UseCase useCase, RowSource source) {
        switch (useCase) {
            case SAVE -> save(source);
            case DETECT ->
                new DetectChanges(environment)
                        .detect(
                                new DetectRequest(Orders.DATASET, Partition.ALL, Optional.empty(), Progress.NONE),
                                source);
            case COMPARE ->
                new CompareSnapshots(environment)
                        .compare(new CompareRequest(
                                Orders.DATASET,
                                Partition.ALL,
                                new SnapshotReference.Current(),
                                new SnapshotReference.OfSource(source),
                                Optional.empty(),
                                Progress.NONE));
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    void anInterruptedCallerReturnsAtOnceAndNothingStays(UseCase useCase, Call call) throws Exception {
        BlockingSource source = new BlockingSource(call, true);
        Caller caller = new Caller(() -> run(useCase, source));
        source.awaitBlocked();
        long start = System.nanoTime();
        caller.interrupt();
        caller.awaitError();
        assertTrue(Duration.ofNanos(System.nanoTime() - start).toSeconds() < 5, "the caller was held");
        caller.assertInterrupted();
        source.assertClosedWhereItWasOpened(call);
        assertNothingStays();
    }

    @Test
    void aSourceThatIgnoresInterruptsHoldsTheCallerForABoundedTime() throws Exception {
        List<BlockingSource> sources = new ArrayList<>();
        List<Caller> callers = new ArrayList<>();
        for (UseCase useCase : UseCase.values()) {
            BlockingSource source = new BlockingSource(Call.SECOND_BATCH, false);
            sources.add(source);
            callers.add(new Caller(() -> run(useCase, source)));
            source.awaitBlocked();
        }
        long start = System.nanoTime();
        for (Caller caller : callers) {
            caller.interrupt();
        }
        for (Caller caller : callers) {
            caller.awaitError();
            caller.assertInterrupted();
        }
        long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
        assertTrue(seconds >= 9 && seconds < 25, "held for " + seconds + " s");
        assertNothingStays();
        for (BlockingSource source : sources) {
            assertEquals(1, source.closed.getCount(), "closed while its reader was in it");
            source.release.countDown();
            source.assertClosedWhereItWasOpened(Call.SECOND_BATCH);
        }
    }

    @Test
    void theSourceIsOpenedReadAndClosedInOneThreadThatIsNotTheCallers() throws Exception {
        BlockingSource source = new BlockingSource(null, true);
        save(source);
        source.assertClosedWhereItWasOpened(Call.FIRST_BATCH);
        assertFalse(Thread.currentThread().isInterrupted());
    }

    private void assertNothingStays() throws IOException {
        assertEquals(
                20,
                window.findCurrent(Orders.DATASET, Partition.ALL).orElseThrow().rowCount());
        assertEquals(List.of(), window.unfinished(Orders.DATASET));
        assertEquals(1, archive.list(ArchiveQuery.of(Orders.DATASET.name())).size());
        try (Stream<Path> files = Files.list(directory.resolve("work"))) {
            assertEquals(
                    List.of(),
                    files.filter(file -> file.getFileName().toString().startsWith("scratch-"))
                            .toList());
        }
        assertEquals(List.of(), new RecoverSnapshots(environment).recover(Orders.DATASET, Duration.ZERO));
        // The partition is free.
        save(Orders.numbered(20).source());
    }

    /** A thread that runs a use case. */
    private static final class Caller {
        private final Thread thread;
        private final AtomicReference<Throwable> error = new AtomicReference<>();
        private volatile boolean flag;

        Caller(Runnable work) {
            this.thread = new Thread(() -> {
                try {
                    work.run();
                } catch (RuntimeException | Error e) {
                    error.set(e);
                }
                flag = Thread.currentThread().isInterrupted();
            });
            this.thread.setDaemon(true);
            this.thread.start();
        }

        void interrupt() {
            thread.interrupt();
        }

        void awaitError() throws InterruptedException {
            thread.join(30_000);
            assertFalse(thread.isAlive(), "the caller is held");
        }

        void assertInterrupted() {
            SnapshotException thrown = (SnapshotException) error.get();
            assertEquals(SnapshotException.Kind.UNAVAILABLE, thrown.kind());
            assertTrue(thrown.getMessage().startsWith("the work was interrupted"), thrown.getMessage());
            assertTrue(flag, "the interrupt flag is lost");
        }
    }

    /** Orders in three batches, with one call that blocks. */
    private static final class BlockingSource implements RowSource {
        private final RowSource orders = Orders.numbered(21).source();
        private final Call blocking;
        private final boolean answers;
        private final CountDownLatch blocked = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);
        private final CountDownLatch closed = new CountDownLatch(1);
        private volatile Thread opener;
        private volatile Thread reader;
        private volatile Thread closer;

        BlockingSource(Call blocking, boolean answers) {
            this.blocking = blocking;
            this.answers = answers;
        }

        @Override
        public String description() {
            return "blocking";
        }

        @Override
        public RowStream open(ReadOptions options) {
            opener = Thread.currentThread();
            blockAt(Call.OPEN);
            RowStream inner = orders.open(options);
            return new RowStream() {
                private int batches;

                @Override
                public Schema schema() {
                    return inner.schema();
                }

                @Override
                public Optional<RowBatch> next() {
                    reader = Thread.currentThread();
                    batches++;
                    blockAt(batches == 1 ? Call.FIRST_BATCH : batches == 2 ? Call.SECOND_BATCH : null);
                    return inner.next();
                }

                @Override
                public void close() {
                    closer = Thread.currentThread();
                    blockAt(Call.CLOSE);
                    inner.close();
                    closed.countDown();
                }
            };
        }

        private void blockAt(Call call) {
            if (call == null || call != blocking || release.getCount() == 0) {
                return;
            }
            blocked.countDown();
            boolean done = false;
            while (!done) {
                try {
                    release.await();
                    done = true;
                } catch (InterruptedException e) {
                    if (answers) {
                        throw SnapshotException.unavailable("the source was stopped")
                                .build();
                    }
                }
            }
        }

        void awaitBlocked() throws InterruptedException {
            assertTrue(blocked.await(20, TimeUnit.SECONDS), "nothing calls the source");
        }

        void assertClosedWhereItWasOpened(Call call) throws InterruptedException {
            assertFalse(opener.getName().equals(Thread.currentThread().getName()));
            assertEquals("snapshot-reader", opener.getName());
            if (call == Call.OPEN || call == Call.CLOSE) {
                return;
            }
            assertTrue(closed.await(20, TimeUnit.SECONDS), "the source is open");
            assertSame(opener, reader);
            assertSame(opener, closer);
        }
    }
}
