package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.FileRowSource;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.RowPass;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The rows that a source has now. {@link Comparison#read} reads them, once; before that, only the label and the columns
 * are known.
 */
public final class SourceSide implements Side {
    private final SnapshotEnvironment environment;
    private final RowPass pass;
    private HashSpec spec;
    private Optional<HashSpec> comparedSpec = Optional.empty();
    private Optional<RowPass.Rows> read = Optional.empty();
    private final Optional<SnapshotReader> sourceFile;
    private Optional<SnapshotReader> reader = Optional.empty();
    private Optional<SnapshotReader> spool = Optional.empty();

    /** Makes a side of a pass over a source, which is closed with it. */
    public SourceSide(SnapshotEnvironment environment, Dataset dataset, RowPass pass) {
        this(environment, dataset, pass, Optional.empty());
    }

    private SourceSide(
            SnapshotEnvironment environment, Dataset dataset, RowPass pass, Optional<SnapshotReader> sourceFile) {
        this.environment = environment;
        this.pass = pass;
        this.spec = dataset.hashSpec();
        this.sourceFile = sourceFile;
    }

    /**
     * Opens a side of a source. If the rows lie in a file that can be read more than once, the side's cells are those
     * of that file, so no copy of the rows is made.
     *
     * @param knownTypes the columns of the other side, for sources that infer their types
     * @param progress receives the rows read
     * @throws io.hybridsnapshot.domain.error.SnapshotException as {@link RowPass#open} says
     */
    public static SourceSide open(
            SnapshotEnvironment environment,
            RowSource source,
            Dataset dataset,
            Partition partition,
            Optional<Schema> knownTypes,
            Progress progress) {
        boolean wholeFile = partition.isWhole() || dataset.partitionColumn().isEmpty();
        Optional<SnapshotReader> file = wholeFile ? FileRowSource.openFileOf(source) : Optional.empty();
        try {
            RowSource rows = file.<RowSource>map(opened -> new OpenedFile(source.description(), opened))
                    .orElse(source);
            RowPass pass = RowPass.open(environment, rows, dataset, partition, knownTypes, progress);
            return new SourceSide(environment, dataset, pass, file);
        } catch (RuntimeException | Error e) {
            file.ifPresent(SnapshotReader::close);
            throw e;
        }
    }

    /** The rows of a file that stays open. */
    private record OpenedFile(String description, SnapshotReader file) implements RowSource {
        @Override
        public RowStream open(ReadOptions options) {
            return file.rows(options);
        }
    }

    /** Checks whether the pass has to write a copy of the rows for their cells to be read later. */
    boolean needsCopy() {
        return sourceFile.isEmpty();
    }

    /** Lets {@link #comparedCells} read the source, and copy its rows to a file. */
    void spoolTo(Path file) {
        spool = Optional.of(pass.spooling(file));
    }

    @Override
    public Optional<SnapshotReader> comparedCells(HashSpec wanted) {
        return sourceFile.or(() -> spool);
    }

    /** Ends the reading of a source whose rows were compared in step. */
    void endInStep() {
        pass.endSpooled();
    }

    /** Reads the rows. */
    RowPass.Rows read(RowHashing hashing) {
        read = Optional.of(pass.hash(hashing));
        return read.get();
    }

    /** Hashes the rows under the spec of a comparison alone, if it is another one than the dataset's. */
    void hashOnlyBy(HashSpec compared) {
        if (!isHashedBy(compared)) {
            spec = compared;
            pass.hashingBy(compared);
        }
    }

    /** Hashes the rows under the spec of a comparison as well, if it is another one than the dataset's. */
    void hashAlsoBy(HashSpec compared) {
        if (!isHashedBy(compared)) {
            comparedSpec = Optional.of(compared);
            pass.comparingBy(compared);
        }
    }

    /** Returns the pass, to be told what it feeds. */
    RowPass pass() {
        return pass;
    }

    @Override
    public String label() {
        return pass.description();
    }

    @Override
    public Optional<Schema> schema() {
        return Optional.of(pass.schema());
    }

    @Override
    public boolean isHashedBy(HashSpec wanted) {
        return wanted.equals(spec) || comparedSpec.equals(Optional.of(wanted));
    }

    @Override
    public boolean hasCells() {
        return true;
    }

    @Override
    public Optional<RemedyText> lostCells() {
        return Optional.empty();
    }

    @Override
    public SortedKeyedRows rows(HashSpec wanted, RowHashing hashing) {
        if (!isHashedBy(wanted)) {
            throw new IllegalStateException("the rows were not hashed by " + wanted.id());
        }
        RowPass.Rows rows = read.orElseThrow();
        return wanted.equals(spec) ? rows.rows() : rows.comparedRows();
    }

    @Override
    public SortedKeyedRows located(HashSpec wanted, RowHashing hashing) {
        return rows(wanted, hashing);
    }

    @Override
    public Optional<SnapshotReader> cells() {
        if (sourceFile.isPresent()) {
            return sourceFile;
        }
        if (reader.isEmpty()) {
            reader = read.flatMap(RowPass.Rows::file)
                    .map(WrittenFile::file)
                    .map(file -> environment.codec().openReader(FileBytes.open(file)));
        }
        return reader;
    }

    @Override
    public long expectedRows(long read) {
        return sourceFile.map(SnapshotReader::rowCount).orElseGet(() -> pass.expectedRows(read));
    }

    @Override
    public Optional<String> remark() {
        return pass.remark();
    }

    @Override
    public void close() {
        reader.ifPresent(SnapshotReader::close);
        reader = Optional.empty();
        try {
            pass.close();
        } finally {
            sourceFile.ifPresent(SnapshotReader::close);
        }
    }
}
