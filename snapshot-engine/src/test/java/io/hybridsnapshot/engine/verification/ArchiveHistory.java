package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.RedactionSubmission;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.testkit.data.Table;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;

/** Two stores and the actions of a test on them before and while it verifies them. */
public final class ArchiveHistory {
    static final Set<VerificationLevel> ALL_LEVELS = Set.of(VerificationLevel.values());
    private static final Instant START = Instant.parse("2026-09-27T10:00:00Z");

    private final SnapshotEnvironment environment;
    private final StepClock clock = new StepClock();

    public ArchiveHistory(WindowStore window, ArchiveStore archive, SnapshotCodec codec, Path directory) {
        // Few rows in memory, so that sorting spills.
        this.environment =
                new SnapshotEnvironment(window, archive, codec, directory.resolve("work"), clock, "test", 16);
    }

    /** A clock that advances by one step at every reading. */
    private static final class StepClock extends Clock {
        private Instant now = START;
        private Duration step = Duration.ZERO;

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
            now = now.plus(step);
            return now;
        }
    }

    public SnapshotEnvironment environment() {
        return environment;
    }

    /** From now on every reading of the clock takes this long. */
    void slowDown(Duration step) {
        clock.step = step;
    }

    public ArchivedSnapshot save(Orders orders, String partition) {
        clock.now = clock.now.plusSeconds(60);
        return new SaveSnapshot(environment)
                .save(SaveRequest.of(Orders.DATASET, new Partition(partition)), orders.source())
                .archive()
                .orElseThrow();
    }

    public ArchivedSnapshot save(Orders orders) {
        return save(orders, "ALL");
    }

    /** Makes this number of saves of one partition, each with a change. */
    public List<ArchivedSnapshot> saves(int count) {
        Orders orders = Orders.numbered(20);
        List<ArchivedSnapshot> saved = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            saved.add(save(orders.put("JOO-" + i, "CHANGED " + i, i, null)));
        }
        return saved;
    }

    /** The archives, oldest first. */
    public List<ArchivedSnapshot> archives() {
        return environment.archive().list(ArchiveQuery.of(Orders.DATASET.name())).stream()
                .sorted(Comparator.comparing(archive -> archive.id().value()))
                .toList();
    }

    public void remove(ArchiveId id) {
        environment.archive().remove(List.of(id), "retention of the test");
    }

    /** Rewrites an archive without its first rows. */
    public ArchivedSnapshot redact(ArchiveId id, int erased) {
        ArchivedSnapshot archive = environment.archive().find(id).orElseThrow();
        SnapshotCodec codec = environment.codec();
        Path file = environment.workDirectory().resolve("redacted");
        try (SnapshotReader reader = codec.openReader(environment.archive().open(id));
                RowStream rows = reader.rows(ReadOptions.ALL);
                KeyedRowSorter sorter = new KeyedRowSorter(environment.workDirectory(), 16);
                SnapshotWriter writer = codec.openWriter(file, reader.schema(), reader.metadata())) {
            Table remaining = Table.read(rows)
                    .rowsAt(LongStream.range(erased, reader.rowCount()).toArray());
            RowHasher hasher = RowHasher.of(reader.schema(), Orders.DATASET.hashSpec(), Orders.DATASET.keyColumns());
            for (RowBatch batch : remaining.batches()) {
                writer.append(batch);
                sorter.add(hasher.hash(batch));
            }
            return environment
                    .archiveRedaction()
                    .redact(new RedactionSubmission(
                            id,
                            archive.link().map(ChainLink::digest).orElseThrow(),
                            writer.finish(),
                            Optional.of(sorter.finish().inspect(0).fingerprint()),
                            erased,
                            "erasure request 1"));
        }
    }

    /** Saves some partitions, with removals and redactions in between, as the seed determines. */
    void live(long seed, int steps) {
        Random random = new Random(seed);
        Orders orders = Orders.numbered(20);
        for (String partition : List.of("ALL", "GREYSON", "Müller & Söhne")) {
            save(orders, partition);
            save(orders.set("JOO-1", "NOTE", partition), partition);
        }
        for (int i = 0; i < steps; i++) {
            List<ArchivedSnapshot> archives = archives();
            ArchivedSnapshot any = archives.get(random.nextInt(archives.size()));
            switch (random.nextInt(4)) {
                case 0 -> {
                    boolean needed = environment.window().snapshots(Orders.DATASET, Optional.empty()).stream()
                            .anyMatch(snapshot -> snapshot.archiveId().equals(Optional.of(any.id())));
                    if (!needed) {
                        remove(any.id());
                    }
                }
                case 1 -> {
                    if (any.rowCount().orElseThrow() > 5) {
                        redact(any.id(), 1 + random.nextInt(3));
                    }
                }
                default ->
                    save(
                            orders.put("JOO-" + random.nextInt(30), "STEP " + i, i, null),
                            any.partition().name());
            }
        }
    }

    public VerificationReport verify(VerificationLevel... levels) {
        return verify(VerifyRequest.of(Orders.DATASET, Set.of(levels)));
    }

    public VerificationReport verifyAll() {
        return verify(VerifyRequest.of(Orders.DATASET, ALL_LEVELS));
    }

    public VerificationReport verify(VerifyRequest request) {
        return new VerifySnapshots(environment).verify(request);
    }

    /** The types that were found. */
    public static Set<FindingType> types(VerificationReport report) {
        Set<FindingType> types = new TreeSet<>();
        report.findings().stream().map(Finding::type).forEach(types::add);
        return types;
    }
}
