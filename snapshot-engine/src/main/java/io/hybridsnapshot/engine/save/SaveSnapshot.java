package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.SnapshotDates;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.engine.comparison.DeltaBasis;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.internal.comparison.EarlierSide;
import io.hybridsnapshot.engine.internal.comparison.LaterSide;
import io.hybridsnapshot.engine.internal.comparison.LostRows;
import io.hybridsnapshot.engine.internal.pass.BackgroundSnapshotWriter;
import io.hybridsnapshot.engine.internal.pass.PartitionedRowStream;
import io.hybridsnapshot.engine.internal.pass.PrefetchedRowStream;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.internal.recovery.OrphanedArchives;
import io.hybridsnapshot.engine.internal.recovery.Outbox;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.RecoverSnapshots;
import io.hybridsnapshot.engine.recovery.Recovery;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes a snapshot. One pass over the source hashes every row, stages it in the window and writes the file. The delta,
 * the archive, and the swap that makes the snapshot current follow. While a batch is read, the batch before it is
 * hashed and staged and the one before that is written.
 *
 * <p>The order of the commits is staged → archived → published (storage contract, section 3). Nothing is visible before
 * all of it is durable. The next save or {@link RecoverSnapshots} finishes or undoes an interrupted save.
 */
public final class SaveSnapshot {
    /** The keys of the notes that a file holds beside its rows. */
    public static final String DATASET_KEY = "snapshot.dataset";

    public static final String PARTITION_KEY = "snapshot.partition";
    public static final String BATCH_ID_KEY = "snapshot.batch-id";
    public static final String DATE_KEY = "snapshot.snapshot-date";
    public static final String HASH_SPEC_KEY = "snapshot.hash-spec";

    /**
     * The most that a date may lie ahead of a clock without consent, and that two clocks may differ without a remark.
     * Clocks of servers differ a little.
     */
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

    private static final String LEFT_WINDOW = "the snapshot was saved before and has left the window since";

    /** The number of times that an archive of an undone attempt may intervene before a save gives up. */
    private static final int STORE_TRIES = 3;

    private final SnapshotEnvironment environment;
    private final RecoverSnapshots recovery;
    private final OrphanedArchives orphans;
    private final Outbox outbox;

    /** Makes the use case in an environment. */
    public SaveSnapshot(SnapshotEnvironment environment) {
        this.environment = environment;
        this.recovery = new RecoverSnapshots(environment);
        this.orphans = new OrphanedArchives(environment);
        this.outbox = new Outbox(environment.workDirectory());
    }

    /**
     * Takes a snapshot of a source. If it fails before its archive is committed, window and archive are as they were.
     * If it fails later (publishing), after OUTCOME_UNKNOWN, or if the process dies, the staged snapshot stays. The
     * next save of the partition or {@link RecoverSnapshots} finishes or undoes it; until then readers do not see it.
     *
     * <p>A batch id that was published once is never taken again, whether its snapshot is in the window, has left it,
     * or is known to the archive alone. A batch id that was undone may be saved again.
     *
     * @throws SnapshotException INVALID_REQUEST for wrong input, NULL or duplicate keys, an empty source, too many
     *     DELETED or CHANGED rows (see {@link Consent}), a date that is not after the current snapshot's or far ahead
     *     of the clock; CONFLICT if the partition is locked or the batch id belongs to another snapshot; CORRUPT if
     *     rows of the current snapshot are missing and no archive has them; UNAVAILABLE if a store cannot be reached;
     *     OUTCOME_UNKNOWN if a connection broke during a commit
     */
    public SaveResult save(SaveRequest request, RowSource source) {
        Dataset dataset = request.dataset();
        environment.window().prepare(dataset);
        WriterRequest lock = new WriterRequest(environment.holder(), request.patience());
        try (WindowWriter writer = environment.window().openWriter(dataset, request.partition(), lock)) {
            List<Recovery> recovered = recover(request, writer);
            Optional<WindowSnapshot> known = environment.window().find(dataset, request.id());
            boolean again = known.filter(entry -> entry.state() == SnapshotState.UNDONE
                            && entry.partition().equals(request.partition()))
                    .isPresent();
            if (known.isPresent() && !again) {
                return alreadySaved(request, known.get(), recovered);
            }
            if (again) {
                requireOwnArchive(request, known.get(), writer.current());
            }
            Optional<SaveResult> archived = known.isEmpty() && request.idGiven()
                    ? savedInArchive(request, writer, recovered)
                    : Optional.empty();
            if (archived.isPresent()) {
                return archived.get();
            }
            return take(request, source, writer, recovered);
        }
    }

    /**
     * Searches the archive for a batch id that the window does not know. Such an id exists if the window's database was
     * restored from a backup, or if its ledger is from before removed snapshots stayed in it. Saving the id again would
     * replace newer rows by old ones.
     *
     * @throws SnapshotException CONFLICT if the archive knows it and the window's current snapshot is older, or of
     *     another partition
     * @return the result where the snapshot was saved before the current one; empty: the archive does not know the id
     */
    private Optional<SaveResult> savedInArchive(SaveRequest request, WindowWriter writer, List<Recovery> recovered) {
        Optional<ArchivedSnapshot> archive;
        Optional<ArchivedSnapshot> removed;
        try {
            archive = environment.archive().find(request.id());
            removed = environment.archive().tombstones(request.id()).stream()
                    .filter(Tombstone::isOfPublished)
                    .map(Tombstone::archive)
                    .findFirst();
        } catch (SnapshotException e) {
            if (!isNeeded(request, e)) {
                return Optional.empty();
            }
            throw e;
        }
        Optional<ArchivedSnapshot> known = archive.or(() -> removed);
        if (known.isEmpty()) {
            return Optional.empty();
        }
        Optional<WindowSnapshot> current = writer.current();
        boolean before = current.filter(newest -> !known.get().date().isAfter(newest.date()))
                .isPresent();
        if (before
                && known.get().dataset().equals(request.dataset().name())
                && known.get().partition().equals(request.partition())) {
            return Optional.of(new SaveResult(
                    SaveResult.Outcome.ALREADY_SAVED,
                    leftWindow(known.get()),
                    archive,
                    Optional.empty(),
                    recovered,
                    SaveResult.Dating.NOW,
                    List.of(LEFT_WINDOW),
                    Optional.empty()));
        }
        throw taken(request, known.get(), current);
    }

    /**
     * Checks whether a save has to end because the archive cannot be asked. A save without an archive asks only where
     * that is possible.
     */
    private static boolean isNeeded(SaveRequest request, SnapshotException failure) {
        return request.archiveMode() == ArchiveMode.REQUIRED
                || request.archiveMode() == ArchiveMode.BEST_EFFORT && !failure.isStoreOut();
    }

    /**
     * Refuses a batch id of an undone snapshot if the archive has another snapshot of that id, from before the window
     * was restored. The next attempt would replace that archive.
     */
    private void requireOwnArchive(SaveRequest request, WindowSnapshot undone, Optional<WindowSnapshot> current) {
        Optional<ArchivedSnapshot> archive;
        try {
            archive = environment.archive().find(request.id());
        } catch (SnapshotException e) {
            if (isNeeded(request, e)) {
                throw e;
            }
            return;
        }
        archive.filter(stored -> stored.attempt() == undone.attempt() && !OrphanedArchives.isOf(undone, stored))
                .ifPresent(stored -> {
                    throw taken(request, stored, current);
                });
    }

    private static SnapshotException taken(
            SaveRequest request, ArchivedSnapshot known, Optional<WindowSnapshot> current) {
        return SnapshotException.conflict("the archive knows the batch id, the window does not")
                .where(place(request))
                .actual("batch " + request.id() + " is archive " + known.id() + " of "
                        + known.date() + ", partition '" + known.partition()
                        + "'; the window's current snapshot is "
                        + current.map(newest -> "of " + newest.date()).orElse("none"))
                .expected("a batch id of its own for every save")
                .nextStep(
                        "if the window's database was restored from a backup, save the newest rows under another batch"
                                + " id; the archive stays as it is")
                .build();
    }

    private static WindowSnapshot leftWindow(ArchivedSnapshot archive) {
        return WindowSnapshot.builder(archive.dataset(), archive.partition(), archive.date(), SnapshotState.REMOVED)
                .id(archive.snapshotId())
                .rowCount(archive.rowCount().orElse(0))
                .hashSpecId(archive.hashSpecId())
                .fingerprint(archive.fingerprint())
                .archiveId(Optional.of(archive.id()))
                .build();
    }

    private List<Recovery> recover(SaveRequest request, WindowWriter writer) {
        List<Recovery> recovered = new ArrayList<>();
        try {
            recovered.addAll(recovery.recoverWithOrphans(request.dataset(), request.partition(), writer));
        } catch (SnapshotException e) {
            // Without an archive, it is unknown whether an interrupted save was archived. A save that requires the
            // archive stops here.
            if (request.archiveMode() == ArchiveMode.REQUIRED || !e.isStoreOut()) {
                throw e;
            }
        }
        if (request.archiveMode() != ArchiveMode.OFF) {
            recovered.addAll(recovery.deliver(request.dataset()));
        }
        return recovered;
    }

    private SaveResult alreadySaved(SaveRequest request, WindowSnapshot saved, List<Recovery> recovered) {
        boolean published = saved.state().isVisible() || saved.state() == SnapshotState.REMOVED;
        if (!published || !saved.partition().equals(request.partition())) {
            throw SnapshotException.conflict("the batch id belongs to another snapshot")
                    .where("partition '" + saved.partition() + "'")
                    .actual(request.id() + ", " + saved.state())
                    .expected("a batch id of its own for every save")
                    .nextStep("give this save another batch id, or none")
                    .build();
        }
        Optional<ArchivedSnapshot> archive = saved.archiveId().flatMap(environment.archive()::find);
        List<String> remarks = saved.state() == SnapshotState.REMOVED ? List.of(LEFT_WINDOW) : List.of();
        return new SaveResult(
                SaveResult.Outcome.ALREADY_SAVED,
                saved,
                archive,
                Optional.empty(),
                recovered,
                SaveResult.Dating.NOW,
                remarks,
                Optional.empty());
    }

    private SaveResult take(SaveRequest request, RowSource source, WindowWriter writer, List<Recovery> recovered) {
        boolean lostRowsAccepted = request.consents().contains(Consent.LOST_ROWS);
        Optional<WindowSnapshot> current = writer.current();
        Optional<WindowSnapshot> previous = current.filter(
                        snapshot -> snapshot.state() != SnapshotState.INCOMPLETE || !lostRowsAccepted)
                .map(snapshot -> LostRows.completed(environment, snapshot));
        Dated dated = date(request, current);
        ReadOptions options = ReadOptions.ALL.withKnownTypes(previous.flatMap(WindowSnapshot::schema));
        try (Scratch scratch = Scratch.in(environment.workDirectory());
                RowHashing hashing = new RowHashing(scratch.directory(), environment.rowsInMemory());
                RowStream rows = source.open(options)) {
            Schema schema = rows.schema();
            request.dataset().requireColumnsIn(schema);
            EarlierSide.WithoutArchive withoutArchive = request.archiveMode() == ArchiveMode.REQUIRED
                    ? EarlierSide.WithoutArchive.FAIL
                    : EarlierSide.WithoutArchive.USE_HASHES;
            try (EarlierSide earlier = new EarlierSide(
                    environment, request.dataset(), previous, schema, withoutArchive, request.foreignHashes())) {
                request.details().ifPresent(earlier::requireFit);
                Attempt attempt = new Attempt(request, dated, schema, writer, earlier, scratch, hashing);
                return attempt.run(source, rows, recovered);
            }
        }
    }

    /**
     * A snapshot's date.
     *
     * @param date the date, whole microseconds
     * @param dating the origin of the date
     * @param remarks notes on the date for the user
     */
    private record Dated(Instant date, SaveResult.Dating dating, List<String> remarks) {}

    private Dated date(SaveRequest request, Optional<WindowSnapshot> previous) {
        Instant now = environment.clock().instant().truncatedTo(ChronoUnit.MICROS);
        // No date is after one that a foreign writer put at the end of time.
        Instant after = previous.filter(snapshot -> SnapshotDates.isPossible(snapshot.date()))
                .map(snapshot -> snapshot.date().truncatedTo(ChronoUnit.MICROS).plus(1, ChronoUnit.MICROS))
                .orElse(Instant.MIN);
        if (request.date().isEmpty()) {
            if (!now.isBefore(after)) {
                return new Dated(now, SaveResult.Dating.NOW, List.of());
            }
            return new Dated(
                    after,
                    SaveResult.Dating.AFTER_CURRENT,
                    List.of("the snapshot is dated " + after
                            + ", one microsecond after the current one, because the clock" + " says " + now
                            + ": it went back, or the current snapshot is dated in the future"));
        }
        Instant date = request.date().get().truncatedTo(ChronoUnit.MICROS);
        if (date.isBefore(after)) {
            throw SnapshotException.invalidRequest("the snapshot's date is not after the current one's")
                    .where(place(request))
                    .actual(date)
                    .expected("a date after " + previous.orElseThrow().date())
                    .nextStep("leave the date out, or give a later one")
                    .build();
        }
        boolean ahead = date.isAfter(now.plus(CLOCK_TOLERANCE));
        if (ahead && !request.consents().contains(Consent.FUTURE_DATE)) {
            throw SnapshotException.invalidRequest("save refused: the snapshot's date lies in the future")
                    .where(place(request))
                    .actual(date)
                    .expected("a date until " + now.plus(CLOCK_TOLERANCE)
                            + ": every later snapshot would have to be dated" + " after it")
                    .nextStep("correct the date; if it is meant, say so (--allow-future-date)")
                    .build();
        }
        return new Dated(
                date,
                SaveResult.Dating.GIVEN,
                ahead ? List.of("the snapshot is dated in the future, by request: " + date) : List.of());
    }

    private static String place(SaveRequest request) {
        return "dataset '" + request.dataset().name() + "', partition '" + request.partition() + "'";
    }

    /** One snapshot on its way. */
    private final class Attempt {
        private final SaveRequest request;
        private final Dataset dataset;
        private final SnapshotId id;
        private final Instant date;
        private final SaveResult.Dating dating;
        private final List<String> remarks;
        private final Schema schema;
        private final WindowWriter writer;
        private final EarlierSide earlier;
        private final Scratch scratch;
        private final RowHashing hashing;
        private int number;

        Attempt(
                SaveRequest request,
                Dated dated,
                Schema schema,
                WindowWriter writer,
                EarlierSide earlier,
                Scratch scratch,
                RowHashing hashing) {
            this.request = request;
            this.dataset = request.dataset();
            this.id = request.id();
            this.date = dated.date();
            this.dating = dated.dating();
            this.remarks = new ArrayList<>(dated.remarks());
            this.schema = schema;
            this.writer = writer;
            this.earlier = earlier;
            this.scratch = scratch;
            this.hashing = hashing;
        }

        SaveResult run(RowSource source, RowStream opened, List<Recovery> recovered) {
            RowHasher hasher = RowHasher.of(schema, dataset.hashSpec(), dataset.keyColumns());
            number =
                    writer.begin(new StagingRequest(id, date, dataset.hashSpec().id(), schema));
            Staged staged;
            DeltaReport report;
            try {
                compareClocks();
                staged = stage(opened, hasher);
                report = compare(source, opened, staged);
                requireConsent(staged, report.counts());
                writer.seal(id, staged.rows().size(), staged.inspection().fingerprint());
            } catch (RuntimeException e) {
                discard(e);
                throw e;
            }
            Archived archived = archive(staged, report);
            request.progress().at(Progress.Step.PUBLISHING, 0);
            WindowSnapshot published = publish(archived);
            request.progress().at(Progress.Step.PUBLISHING, published.rowCount());
            SaveResult.Outcome outcome = archived.failure().isPresent()
                    ? SaveResult.Outcome.SAVED_ARCHIVE_PENDING
                    : SaveResult.Outcome.SAVED;
            return new SaveResult(
                    outcome,
                    published,
                    archived.snapshot(),
                    Optional.of(report),
                    recovered,
                    dating,
                    remarks,
                    archived.failure());
        }

        /**
         * The window's server has noted the start time of the snapshot: a second clock to compare with this machine's.
         */
        private void compareClocks() {
            Optional<Instant> theirs = environment.window().find(dataset, id).flatMap(WindowSnapshot::startedAt);
            if (theirs.isEmpty()) {
                return;
            }
            Instant ours = environment.clock().instant();
            if (ours.isAfter(theirs.get().plus(CLOCK_TOLERANCE))) {
                if (dating == SaveResult.Dating.NOW && !request.consents().contains(Consent.FUTURE_DATE)) {
                    throw SnapshotException.invalidRequest("save refused: this machine's clock is ahead of the window's"
                                    + " server, so that the snapshot's date may lie in the future")
                            .where(place(request))
                            .actual(date)
                            .expected("about " + theirs.get() + ", as that server says")
                            .nextStep("set the clock that is wrong; if it is the server's, say that the date is meant"
                                    + " (--allow-future-date)")
                            .build();
                }
                remarks.add("this machine's clock says " + ours + ", the window's server " + theirs.get());
            } else if (ours.isBefore(theirs.get().minus(CLOCK_TOLERANCE))) {
                remarks.add("this machine's clock is behind the window's server: it says " + ours + ", the server "
                        + theirs.get());
            }
        }

        private WindowSnapshot publish(Archived archived) {
            try {
                return writer.publish(id, archived.snapshot().map(ArchivedSnapshot::id), dataset.keepCount());
            } catch (SnapshotException e) {
                if (e.kind() != SnapshotException.Kind.OUTCOME_UNKNOWN) {
                    removeIfUndone(e);
                }
                throw e;
            }
        }

        /**
         * Removes the archive, or the file in the outbox, of this attempt if the ledger says that the attempt was
         * undone. In that case the writer lost its partition before its archive was committed, and a recovery ran since
         * then.
         */
        private void removeIfUndone(SnapshotException cause) {
            try {
                boolean undone = environment
                        .window()
                        .find(dataset, id)
                        .filter(entry -> OrphanedArchives.isUndone(entry, number))
                        .isPresent();
                if (!undone) {
                    return;
                }
                if (request.archiveMode() != ArchiveMode.OFF) {
                    orphans.removeUpTo(id, number);
                }
                outbox.find(dataset.name(), id)
                        .filter(entry -> entry.attempt() == number)
                        .ifPresent(entry -> outbox.remove(dataset.name(), id));
            } catch (SnapshotException e) {
                // The next save or recovery that finds the archive removes it.
                cause.addSuppressed(e);
            }
        }

        private Staged stage(RowStream opened, RowHasher hasher) {
            KeyedRowSorter sorter = hashing.sorter();
            Optional<RowHasher> sharedHasher = earlier.needsSharedHashes()
                    ? Optional.of(RowHasher.of(schema, earlier.baseline().spec(), dataset.keyColumns()))
                    : Optional.empty();
            KeyedRowSorter sharedSorter = sharedHasher.isPresent() ? hashing.sorter() : sorter;
            RowHashing.IdentityCheck check = new RowHashing.IdentityCheck(dataset);
            Map<String, String> metadata = Map.of(
                    DATASET_KEY, dataset.name(),
                    PARTITION_KEY, request.partition().name(),
                    BATCH_ID_KEY, id.toString(),
                    DATE_KEY, date.toString(),
                    HASH_SPEC_KEY, dataset.hashSpec().id());
            WrittenFile file;
            long count = 0;
            try (RowStream rows =
                            new PrefetchedRowStream(PartitionedRowStream.of(opened, dataset, request.partition()));
                    BackgroundSnapshotWriter target = new BackgroundSnapshotWriter(
                            environment.codec().openWriter(scratch.file("rows"), schema, metadata))) {
                for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
                    RowBatch batch = next.get();
                    target.append(batch);
                    earlier.observe(batch);
                    KeyedHashes hashes = hasher.hash(batch);
                    check.add(hashes);
                    sorter.add(hashes);
                    sharedHasher.ifPresent(shared -> sharedSorter.add(shared.hash(batch)));
                    if (check.allIdentified()) {
                        writer.stage(id, batch, hashes);
                    }
                    count += batch.rowCount();
                    request.progress().at(Progress.Step.READING, count);
                }
                check.requireIdentities(rows);
                file = target.finish();
                SortedKeyedRows sorted = sorter.finish();
                SortedKeyedRows.Inspection inspection = sorted.inspect(RowHashing.OFFENDERS);
                if (!inspection.duplicates().isEmpty()) {
                    try (SnapshotReader reader = environment.codec().openReader(FileBytes.open(file.file()))) {
                        check.requireUnique(inspection.duplicates(), rows, Optional.of(reader));
                    }
                }
                return new Staged(sorted, sharedHasher.isPresent() ? sharedSorter.finish() : sorted, inspection, file);
            }
        }

        private DeltaReport compare(RowSource source, RowStream opened, Staged staged) {
            return new LaterSide(source, opened, staged.rows(), staged.comparedRows(), () -> cells(staged))
                    .reportSince(earlier, hashing, () -> writer.delta(id), request.details(), request.progress());
        }

        private SnapshotReader cells(Staged staged) {
            return environment.codec().openReader(FileBytes.open(staged.file().file()));
        }

        private void requireConsent(Staged staged, DeltaSummary counts) {
            if (staged.rows().size() == 0 && !request.consents().contains(Consent.EMPTY_SNAPSHOT)) {
                throw refused("the snapshot is empty", "0 rows", "at least one row", "--allow-empty");
            }
            if (earlier.mismatch().isPresent() && !request.consents().contains(Consent.NO_ROW_MATCHES)) {
                throw refused(
                        "no row matches the foreign snapshot",
                        earlier.mismatch().get(),
                        "rows that did not change, or did not go",
                        "--allow-mismatch");
            }
            requireNotShrunk(staged.rows().size());
            if (counts.deletedShare() > dataset.maxDeletedShare()
                    && !request.consents().contains(Consent.MANY_DELETED)
                    && staged.rows().size() > 0) {
                throw refused(
                        "too many rows would be DELETED",
                        counts.deleted() + " of " + counts.before(),
                        "at most the share " + dataset.maxDeletedShare(),
                        "--allow-deletes");
            }
            if (counts.changedShare() > dataset.maxChangedShare()
                    && !request.consents().contains(Consent.MANY_CHANGED)) {
                throw refused(
                        "too many rows would be CHANGED",
                        counts.changed() + " of " + (counts.changed() + counts.unchanged()),
                        "at most the share " + dataset.maxChangedShare(),
                        "--allow-changes");
            }
        }

        /**
         * A foreign writer that stopped halfway leaves fewer rows to compare with than the ledger's last snapshot had.
         * So does a statement that deleted rows, if that loss is accepted.
         */
        private void requireNotShrunk(long rows) {
            Optional<WindowSnapshot> recorded = writer.recorded();
            boolean whole = recorded.isPresent()
                    && writer.current()
                            .filter(current ->
                                    current.id().equals(recorded.get().id())
                                            && (current.state() != SnapshotState.INCOMPLETE
                                                    || !request.consents().contains(Consent.LOST_ROWS)))
                            .isPresent();
            if (recorded.isEmpty() || whole || request.consents().contains(Consent.MANY_DELETED) || rows == 0) {
                return;
            }
            long before = recorded.get().rowCount();
            if (before - rows > dataset.maxDeletedShare() * before) {
                throw refused(
                        "too many rows would be gone since the ledger's last snapshot, whose rows a foreign writer has"
                                + " replaced or deleted",
                        Counted.of(rows, "row") + " of " + before,
                        "at most the share " + dataset.maxDeletedShare() + " less",
                        "--allow-deletes");
            }
        }

        private SnapshotException refused(String problem, String actual, String expected, String consent) {
            return SnapshotException.invalidRequest("save refused: " + problem)
                    .where(place(request))
                    .actual(actual)
                    .expected(expected)
                    .nextStep("check the source; if it is meant, say so (" + consent + ")")
                    .build();
        }

        /** The outcome of the archiving. */
        private record Archived(Optional<ArchivedSnapshot> snapshot, Optional<SnapshotException> failure) {}

        private Archived archive(Staged staged, DeltaReport report) {
            if (request.archiveMode() == ArchiveMode.OFF) {
                return new Archived(Optional.empty(), Optional.empty());
            }
            request.progress().at(Progress.Step.ARCHIVING, 0);
            ArchiveSubmission submission = ArchiveSubmission.builder(
                            id, dataset.name(), request.partition(), date, staged.file())
                    .sourceDatabase(dataset.sourceDatabase())
                    .columnCount(schema.size())
                    .schemaHash(schema.hash())
                    .hashSpecId(dataset.hashSpec().id())
                    .fingerprint(staged.inspection().fingerprint())
                    .retentionUntil(request.retentionUntil())
                    .tags(request.tags())
                    // If only keys could be compared, the number of changed rows is unknown.
                    .changes(report.basis() == DeltaBasis.KEYS_ONLY ? Optional.empty() : Optional.of(report.counts()))
                    .attempt(number)
                    .build();
            try {
                ArchivedSnapshot stored = store(submission);
                request.progress().at(Progress.Step.ARCHIVING, staged.rows().size());
                return new Archived(Optional.of(stored), Optional.empty());
            } catch (SnapshotException e) {
                boolean unreachable = e.isStoreOut() || e.kind() == SnapshotException.Kind.OUTCOME_UNKNOWN;
                if (request.archiveMode() == ArchiveMode.BEST_EFFORT && unreachable) {
                    keepForLater(submission, e);
                    writer.awaitArchive(id, outbox.location());
                    return new Archived(Optional.empty(), Optional.of(e));
                }
                discard(e);
                throw e;
            }
        }

        /**
         * Stores the file. It replaces any archive of an earlier attempt that was undone, even one that is committed at
         * this moment.
         */
        private ArchivedSnapshot store(ArchiveSubmission submission) {
            for (int tries = 1; number > 1; tries++) {
                orphans.removeUpTo(id, number - 1);
                try {
                    return environment.archive().store(submission);
                } catch (SnapshotException e) {
                    // Only after a conflict: an archive that cannot be asked would hide that the outcome is unknown.
                    boolean overtaken = e.kind() == SnapshotException.Kind.CONFLICT
                            && environment
                                    .archive()
                                    .find(id)
                                    .filter(archive -> archive.attempt() < number)
                                    .isPresent();
                    if (!overtaken || tries == STORE_TRIES) {
                        throw e;
                    }
                }
            }
            return environment.archive().store(submission);
        }

        private void keepForLater(ArchiveSubmission submission, SnapshotException unreachable) {
            try {
                outbox.put(submission);
            } catch (SnapshotException e) {
                if (unreachable.kind() == SnapshotException.Kind.OUTCOME_UNKNOWN) {
                    // The archive may exist; recovery asks for it.
                    unreachable.addSuppressed(e);
                    throw unreachable;
                }
                e.addSuppressed(unreachable);
                discard(e);
                discardFile(e);
                throw e;
            }
        }

        private void discardFile(RuntimeException cause) {
            try {
                outbox.removeRemnant(dataset.name(), id);
            } catch (SnapshotException e) {
                // The next recovery sweeps the file.
                cause.addSuppressed(e);
            }
        }

        private void discard(RuntimeException cause) {
            if (cause instanceof SnapshotException known && known.kind() == SnapshotException.Kind.OUTCOME_UNKNOWN) {
                // No clean-up after a commit with an unknown outcome; recovery asks for the outcome first.
                return;
            }
            try {
                writer.discard(id);
            } catch (RuntimeException e) {
                // The remnants are invisible, and the next save or recovery removes them.
                cause.addSuppressed(e);
            }
        }
    }

    /**
     * All rows of a snapshot, staged and written.
     *
     * @param rows identities and hashes as the window has them
     * @param comparedRows identities and hashes under the spec of the comparison
     */
    private record Staged(
            SortedKeyedRows rows,
            SortedKeyedRows comparedRows,
            SortedKeyedRows.Inspection inspection,
            WrittenFile file) {}
}
