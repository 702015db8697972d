package io.hybridsnapshot.engine;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Stores in memory with several datasets. A day passes before each save. */
public final class Stores {
    /** The day of the first save. */
    public static final Instant FIRST_DAY = Instant.parse("2026-09-01T10:00:00Z");

    private final InMemoryWindowStore window = new InMemoryWindowStore();
    private final InMemoryArchiveStore archive = new InMemoryArchiveStore();
    private final Path directory;
    private Instant now = FIRST_DAY.minusSeconds(86_400);

    public Stores(Path directory) {
        this.directory = directory;
    }

    private final Clock clock = new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    };

    /** A store that cannot be reached; counts the attempts. */
    public static final class Down<T> implements Supplier<T> {
        private int attempts;

        @Override
        public T get() {
            attempts++;
            throw SnapshotException.unavailable("the store is down").build();
        }

        public int attempts() {
            return attempts;
        }
    }

    public SnapshotEnvironment environment() {
        return new SnapshotEnvironment(
                window, archive, new InMemorySnapshotCodec(), directory.resolve("work"), clock, "test", 16);
    }

    public SnapshotEnvironment withoutWindow(Down<WindowStore> down) {
        return SnapshotEnvironment.onFirstUse(
                        down, () -> archive, new InMemorySnapshotCodec(), directory.resolve("work"))
                .withClock(clock);
    }

    public SnapshotEnvironment withoutArchive(Down<ArchiveStore> down) {
        return withoutArchive(down, directory.resolve("work"));
    }

    public SnapshotEnvironment withoutArchive(Down<ArchiveStore> down, Path workDirectory) {
        return SnapshotEnvironment.onFirstUse(() -> window, down, new InMemorySnapshotCodec(), workDirectory)
                .withClock(clock);
    }

    /** The window itself, for tests that open it themselves. */
    public InMemoryWindowStore window() {
        return window;
    }

    /** The archive itself, for tests that open it themselves. */
    public InMemoryArchiveStore archive() {
        return archive;
    }

    /** A dataset with the columns of {@link Orders}. */
    public static Dataset dataset(String name) {
        return Dataset.of(name, List.of("ORDER"));
    }

    public ArchivedSnapshot save(String name, String partition, Map<String, String> tags) {
        now = now.plusSeconds(86_400);
        Orders orders = Orders.numbered(5).put("NEW", "at " + now, 1, null);
        return new SaveSnapshot(environment())
                .save(SaveRequest.of(dataset(name), new Partition(partition)).withTags(tags), orders.source())
                .archive()
                .orElseThrow();
    }

    public ArchivedSnapshot save(String name) {
        return save(name, "ALL", Map.of());
    }
}
