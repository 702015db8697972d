package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.source.ColumnRenames;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;

/**
 * A file of records as a source of rows. Its columns get types as those of a {@link CsvRowSource} do, with the same
 * memory and threads. Of the {@link CsvFormat}, all that describes the text of a CSV file has no effect, and of its
 * {@link CsvValues} only the texts for NULL count. Immutable; may be opened any number of times.
 */
public final class RecordRowSource implements RowSource {
    private final TypedCells cells;

    /**
     * A source that reads this file, which is looked at only when it is opened.
     *
     * @param format the types of the columns, and the meaning of a cell that holds an empty text
     */
    public RecordRowSource(RecordFile file, CsvFormat format) {
        this(new TypedCells(
                new RecordTable(
                        Objects.requireNonNull(file, "file"),
                        new NullTexts(format.values().nullTexts())),
                // The values of records have their one spelling.
                format.withValues(CsvValues.DEFAULT)));
    }

    private RecordRowSource(TypedCells cells) {
        this.cells = cells;
    }

    /** The same source with errors that name types in these words. */
    public RecordRowSource declaring(TypeDeclaration other) {
        return new RecordRowSource(cells.declaring(other));
    }

    /** The same source, which opens only if the file has these columns. */
    public RecordRowSource requiring(Collection<String> columns) {
        return new RecordRowSource(cells.requiring(columns));
    }

    /** {@inheritDoc} The other source counts if it has text cells and can be read more than once. */
    @Override
    public RowSource inferringOver(RowSource other) {
        return cells(other)
                .flatMap(cells::inferringOver)
                .<RowSource>map(RecordRowSource::new)
                .orElse(this);
    }

    /** {@inheritDoc} Types and columns that were declared or required before keep their meaning. */
    @Override
    public RowSource renaming(ColumnRenames renames) {
        return renames.isEmpty()
                ? this
                : cells.renaming(renames)
                        .<RowSource>map(RecordRowSource::new)
                        .orElseGet(() -> RowSource.super.renaming(renames));
    }

    /** The text cells of a source, if it has any. */
    static Optional<TypedCells> cells(RowSource source) {
        if (source instanceof CsvRowSource csv) {
            return Optional.of(csv.cells());
        }
        return source instanceof RecordRowSource records ? Optional.of(records.cells) : Optional.empty();
    }

    @Override
    public String description() {
        return cells.table().name();
    }

    /**
     * {@inheritDoc}
     *
     * @throws SnapshotException INVALID_REQUEST also if a declared or required column is not in the file
     */
    @Override
    public RowStream open(ReadOptions options) {
        return cells.open(options);
    }
}
