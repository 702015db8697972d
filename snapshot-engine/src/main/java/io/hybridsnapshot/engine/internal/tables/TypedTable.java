package io.hybridsnapshot.engine.internal.tables;

import io.hybridsnapshot.domain.codec.FileRowSource;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadListener;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.internal.pass.PrefetchedRowStream;
import io.hybridsnapshot.engine.internal.pass.ReadProgress;
import io.hybridsnapshot.engine.pass.Progress;
import java.util.List;
import java.util.Optional;

/**
 * A table whose columns have types: those of the table itself, or inferred ones. They are found once, and every reading
 * uses them. Immutable.
 *
 * @param rows the table
 * @param schema its columns
 */
public record TypedTable(RowSource rows, Schema schema) implements FileRowSource {
    /**
     * Finds the types of a table.
     *
     * @param known types that columns of another table have, for tables without types of their own
     * @param progress receives how far the search has come
     */
    public static TypedTable of(RowSource rows, Optional<Schema> known, Progress progress) {
        ReadOptions options =
                ReadOptions.ALL.withKnownTypes(known).withListener(new ReadProgress(progress, Progress.Step.INFERRING));
        try (RowStream stream = PrefetchedRowStream.open(() -> rows.open(options))) {
            return new TypedTable(rows, stream.schema());
        }
    }

    /** Opens some columns, in a reader thread. */
    RowStream open(List<String> columns, ReadListener listener) {
        return PrefetchedRowStream.open(
                () -> open(ReadOptions.ALL.withColumns(columns).withListener(listener)));
    }

    @Override
    public String description() {
        return rows.description();
    }

    @Override
    public RowStream open(ReadOptions options) {
        return rows.open(options.withKnownTypes(Optional.of(schema)));
    }

    @Override
    public Optional<SnapshotReader> openFile() {
        // A file that can be read in any order has types of its own.
        return FileRowSource.openFileOf(rows);
    }
}
