package io.hybridsnapshot.engine.internal.pass;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The one pass over the rows of a partition that a source has: opens the source, checks its columns, and hands every
 * batch to what the use case needs. While a batch is read, the batch before it is hashed and the one before that is
 * written.
 *
 * <p>The order for a batch: file, observer, hashes, sorters, receiver. The order of the ends: the file is finished,
 * identities are checked, the source is closed. An error closes the file and then the source. A hot path: one call a
 * batch, no object a row. One thread; the caller that opened the pass closes it, which deletes no file.
 */
public final class RowPass implements AutoCloseable {
    private final SnapshotEnvironment environment;
    private final String description;
    private final Dataset dataset;
    private final PrefetchedRowStream rows;
    private final ReadProgress progress;
    private RowHasher hasher;
    private Optional<FileTarget> file = Optional.empty();
    private Optional<HashSpec> comparedSpec = Optional.empty();
    private Consumer<RowBatch> observer = batch -> {};
    private Receiver receiver = (batch, hashes) -> {};
    private Optional<String> remark = Optional.empty();
    private Optional<SnapshotReader> namingFile = Optional.empty();
    private Optional<SpooledRows> spool = Optional.empty();

    /** Receives each batch with its hashes, as long as every row so far has an identity. */
    @FunctionalInterface
    public interface Receiver {
        /** Takes a batch; row i of the hashes belongs to row i of the batch. */
        void take(RowBatch batch, KeyedHashes hashes);
    }

    private record FileTarget(Path path, Map<String, String> notes) {}

    /**
     * All rows of the partition.
     *
     * @param rows identities and hashes under the dataset's spec, or under that of {@link #hashingBy}
     * @param comparedRows identities and hashes under the spec of the comparison; the same where there is no other
     * @param inspection fingerprint and duplicates of the rows; there are no duplicates
     * @param file the file with their cells, if one was wanted
     */
    public record Rows(
            SortedKeyedRows rows,
            SortedKeyedRows comparedRows,
            SortedKeyedRows.Inspection inspection,
            Optional<WrittenFile> file) {}

    private RowPass(
            SnapshotEnvironment environment,
            String description,
            Dataset dataset,
            PrefetchedRowStream rows,
            ReadProgress progress) {
        this.environment = environment;
        this.description = description;
        this.dataset = dataset;
        this.rows = rows;
        this.progress = progress;
        this.hasher = RowHasher.of(rows.schema(), dataset.hashSpec(), dataset.keyColumns());
    }

    /**
     * Opens a source, whose rows are read in the reader thread of {@link PrefetchedRowStream}.
     *
     * @param partition the partition whose rows are taken
     * @param knownTypes the columns of an earlier snapshot, for sources that infer their types
     * @param progress receives the rows read
     * @throws io.hybridsnapshot.domain.error.SnapshotException as {@link RowSource#open} says; INVALID_REQUEST if a
     *     column that the dataset names is missing or cannot be hashed; UNAVAILABLE if the thread is interrupted
     */
    public static RowPass open(
            SnapshotEnvironment environment,
            RowSource source,
            Dataset dataset,
            Partition partition,
            Optional<Schema> knownTypes,
            Progress progress) {
        ReadProgress reading = new ReadProgress(progress, Progress.Step.READING);
        ReadOptions options = ReadOptions.ALL.withKnownTypes(knownTypes).withListener(reading);
        PrefetchedRowStream rows = PrefetchedRowStream.open(() -> opened(source.open(options), dataset, partition));
        try {
            return new RowPass(environment, source.description(), dataset, rows, reading);
        } catch (RuntimeException | Error e) {
            close(rows, e);
            throw e;
        }
    }

    private static RowStream opened(RowStream stream, Dataset dataset, Partition partition) {
        try {
            dataset.requireColumnsIn(stream.schema());
            return PartitionedRowStream.of(stream, dataset, partition);
        } catch (RuntimeException | Error e) {
            close(stream, e);
            throw e;
        }
    }

    /** Closes a stream because of an error. A failure to close it does not hide the error. */
    private static void close(RowStream stream, Throwable error) {
        try {
            stream.close();
        } catch (RuntimeException | Error e) {
            error.addSuppressed(e);
        }
    }

    /** Returns the columns of the source. */
    public Schema schema() {
        return rows.schema();
    }

    /** Names the source, for people. */
    public String description() {
        return description;
    }

    /** Returns the source's remark on the read; empty before the pass is done. */
    public Optional<String> remark() {
        return remark;
    }

    /** Expects as many rows as the snapshot before, unless the source knows better; 0: nothing is expected. */
    public RowPass expecting(long usual) {
        progress.expect(usual);
        return this;
    }

    /**
     * Estimates the number of all rows of the source.
     *
     * @param read the number of those that were read
     * @return 0 if it is not known
     */
    public long expectedRows(long read) {
        return progress.expectedRows(read);
    }

    /** Writes the rows to a file with notes beside them. */
    public RowPass writing(Path path, Map<String, String> notes) {
        file = Optional.of(new FileTarget(path, notes));
        return this;
    }

    /**
     * Returns the rows for a comparison that reads them before {@link #hash}. Its first reading is that of the source,
     * and writes a copy. {@link #hash} then reads the copy. Closed with the pass.
     *
     * @param path the file of the copy, which is made by the first reading
     */
    public SpooledRows spooling(Path path) {
        SpooledRows rowsAndCopy = new SpooledRows(rows, environment.codec(), path);
        spool = Optional.of(rowsAndCopy);
        return rowsAndCopy;
    }

    /** Names rows in errors by the keys in the source's own file, as in a file that is written. */
    public RowPass naming(Optional<SnapshotReader> sourceFile) {
        namingFile = sourceFile;
        return this;
    }

    /** Hashes the rows under another spec than the dataset's, and not under the dataset's. */
    public RowPass hashingBy(HashSpec spec) {
        hasher = RowHasher.of(schema(), spec, dataset.keyColumns());
        return this;
    }

    /** Hashes the rows a second time, under another spec. */
    public RowPass comparingBy(HashSpec spec) {
        comparedSpec = Optional.of(spec);
        return this;
    }

    /** Shows every batch to an observer before it is hashed. */
    public RowPass observing(Consumer<RowBatch> listener) {
        observer = listener;
        return this;
    }

    /** Hands every batch to a receiver after it is hashed. */
    public RowPass feeding(Receiver target) {
        receiver = target;
        return this;
    }

    /**
     * Reads and hashes all rows.
     *
     * @param hashing sorts the rows; its closing ends their use
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST for a row that is wrong, lacks an
     *     identity or shares one; UNAVAILABLE if the thread is interrupted or the source went away
     */
    public Rows hash(RowHashing hashing) {
        try {
            if (isSpooled() || file.isEmpty()) {
                return hash(hashing, Optional.empty());
            }
            try (BackgroundSnapshotWriter target = target(file.get())) {
                return hash(hashing, Optional.of(target));
            }
        } catch (RuntimeException e) {
            if (Interruption.isCauseOf(e)) {
                rows.interrupt();
            }
            close(rows, e);
            throw e;
        } catch (Error e) {
            close(rows, e);
            throw e;
        }
    }

    private Rows hash(RowHashing hashing, Optional<BackgroundSnapshotWriter> target) {
        Optional<RowHasher> comparedHasher =
                comparedSpec.map(spec -> RowHasher.of(schema(), spec, dataset.keyColumns()));
        KeyedRowSorter sorter = hashing.sorter();
        Optional<KeyedRowSorter> comparedSorter = comparedSpec.map(spec -> hashing.sorter());
        IdentityCheck check = new IdentityCheck(dataset, description);
        readAll(batch -> {
            if (target.isPresent()) {
                target.get().append(batch);
            }
            observer.accept(batch);
            KeyedHashes hashes = hasher.hash(batch);
            check.add(hashes);
            sorter.add(hashes);
            if (comparedHasher.isPresent()) {
                comparedSorter.get().add(comparedHasher.get().hash(batch));
            }
            if (check.allIdentified()) {
                receiver.take(batch, hashes);
            }
        });
        check.requireIdentities(rows);
        Optional<WrittenFile> written = target.map(BackgroundSnapshotWriter::finish)
                .or(() -> spool.filter(SpooledRows::isStarted).map(SpooledRows::written));
        SortedKeyedRows sorted = sorter.finish();
        SortedKeyedRows.Inspection inspection = sorted.inspect(RowHashing.OFFENDERS);
        if (!inspection.duplicates().isEmpty()) {
            refuseDuplicates(check, inspection.duplicates(), written);
        }
        end();
        return new Rows(sorted, comparedSorter.map(KeyedRowSorter::finish).orElse(sorted), inspection, written);
    }

    private void refuseDuplicates(
            IdentityCheck check, SortedKeyedRows.Duplicates duplicates, Optional<WrittenFile> written) {
        if (written.isEmpty()) {
            check.requireUnique(duplicates, rows, namingFile);
            return;
        }
        try (SnapshotReader reader =
                environment.codec().openReader(FileBytes.open(written.get().file()))) {
            check.requireUnique(duplicates, rows, Optional.of(reader));
        }
    }

    private BackgroundSnapshotWriter target(FileTarget target) {
        return new BackgroundSnapshotWriter(environment.codec().openWriter(target.path(), schema(), target.notes()));
    }

    private boolean isSpooled() {
        return spool.filter(SpooledRows::isStarted).isPresent();
    }

    private void readAll(Consumer<RowBatch> work) {
        if (!isSpooled()) {
            readAll(rows, work);
            return;
        }
        try (RowStream again = spool.get().replay()) {
            readAll(again, work);
        }
    }

    private void readAll(RowStream stream, Consumer<RowBatch> work) {
        for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
            work.accept(next.get());
            progress.add(next.get().rowCount());
        }
    }

    /** Ends the reading of a source whose rows were compared without hashes, and keeps its remark. */
    public void endSpooled() {
        if (isSpooled()) {
            end();
        }
    }

    private void end() {
        remark = rows.remark();
        rows.end();
    }

    /** Closes the source. */
    @Override
    public void close() {
        try {
            spool.ifPresent(SpooledRows::close);
        } finally {
            rows.close();
        }
    }
}
