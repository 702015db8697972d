package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.RowPass;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
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
    private Optional<SnapshotReader> reader = Optional.empty();

    /** Makes a side of a pass over a source, which is closed with it. */
    public SourceSide(SnapshotEnvironment environment, Dataset dataset, RowPass pass) {
        this.environment = environment;
        this.pass = pass;
        this.spec = dataset.hashSpec();
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
        if (reader.isEmpty()) {
            reader = read.flatMap(RowPass.Rows::file)
                    .map(WrittenFile::file)
                    .map(file -> environment.codec().openReader(FileBytes.open(file)));
        }
        return reader;
    }

    @Override
    public Optional<String> remark() {
        return pass.remark();
    }

    @Override
    public void close() {
        reader.ifPresent(SnapshotReader::close);
        reader = Optional.empty();
        pass.close();
    }
}
