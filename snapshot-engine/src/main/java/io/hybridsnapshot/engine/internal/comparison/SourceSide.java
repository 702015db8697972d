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
    private final Dataset dataset;
    private final RowPass pass;
    private Optional<RowPass.Rows> read = Optional.empty();
    private Optional<SnapshotReader> reader = Optional.empty();

    /** Makes a side of a pass over a source, which is closed with it. */
    public SourceSide(SnapshotEnvironment environment, Dataset dataset, RowPass pass) {
        this.environment = environment;
        this.dataset = dataset;
        this.pass = pass;
    }

    /** Reads the rows. */
    RowPass.Rows read(RowHashing hashing) {
        read = Optional.of(pass.hash(hashing));
        return read.get();
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
    public boolean isHashedBy(HashSpec spec) {
        return spec.equals(dataset.hashSpec());
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
    public SortedKeyedRows rows(HashSpec spec, RowHashing hashing) {
        RowPass.Rows rows = read.orElseThrow();
        return isHashedBy(spec) ? rows.rows() : rows.comparedRows();
    }

    @Override
    public SortedKeyedRows located(HashSpec spec, RowHashing hashing) {
        return rows(spec, hashing);
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
