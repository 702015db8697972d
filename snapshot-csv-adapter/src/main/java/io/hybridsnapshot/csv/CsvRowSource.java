package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.source.ColumnRenames;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A CSV file as a source of rows (RFC 4180 with CR, LF or CRLF): UTF-8 with or without a byte order mark, UTF-16 with
 * one, or the encoding of the format; plain or in a {@link Compression}. The first record holds the names of the
 * columns, unless {@link #withoutHeader} says otherwise. {@link CsvFormat} defines their types. If a type has to be
 * inferred, opening first reads the whole file once, and threads of Java's common pool share the columns with the
 * caller. A change of the file between the two reads is detected only if a cell does not fit its type. One batch and
 * the longest field of the file (at most 16 Mi characters) are in memory at a time. Immutable; may be opened any number
 * of times.
 */
public final class CsvRowSource implements RowSource {
    private final CsvTable table;
    private final TypedCells cells;

    /** A source that reads this file, which is looked at only when it is opened. */
    public CsvRowSource(Path file, CsvFormat format) {
        this(table(file, format));
    }

    private CsvRowSource(CsvTable table) {
        this(table, new TypedCells(table, table.format()));
    }

    private CsvRowSource(CsvTable table, TypedCells cells) {
        this.table = table;
        this.cells = cells;
    }

    private static CsvTable table(Path file, CsvFormat format) {
        Objects.requireNonNull(format, "format");
        CsvFile text = new CsvFile(Objects.requireNonNull(file, "file"), format.encoding());
        return new CsvTable(text, format, Optional.empty());
    }

    /** The same source with errors that name types in these words. */
    public CsvRowSource declaring(TypeDeclaration other) {
        return new CsvRowSource(table, cells.declaring(other));
    }

    /** The same source, which opens only if the header has these columns. */
    public CsvRowSource requiring(Collection<String> columns) {
        return new CsvRowSource(table, cells.requiring(columns));
    }

    /** The same source, which messages name by these words instead of its path: {@code standard input} for a copy. */
    public CsvRowSource named(String name) {
        return over(new CsvTable(table.file().named(name), table.format(), table.columns()));
    }

    /**
     * The same file without a header: its first record is a row. The columns are {@code column1}, {@code column2} and
     * so on. The file is opened once more for their number, so it MUST NOT be a pipe.
     */
    public CsvRowSource withoutHeader() {
        return over(new CsvTable(table.file(), table.format(), Optional.of(List.of())));
    }

    /** The same file without a header, with these names for its columns. */
    public CsvRowSource withColumns(List<String> names) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("no names");
        }
        return over(new CsvTable(table.file(), table.format(), Optional.of(names)));
    }

    private CsvRowSource over(CsvTable other) {
        return new CsvRowSource(other, cells.over(other));
    }

    /** {@inheritDoc} The other source counts if it has text cells and can be read more than once. */
    @Override
    public RowSource inferringOver(RowSource other) {
        return RecordRowSource.cells(other)
                .flatMap(cells::inferringOver)
                .<RowSource>map(both -> new CsvRowSource(table, both))
                .orElse(this);
    }

    /** {@inheritDoc} Types and columns that were declared or required before keep their meaning. */
    @Override
    public RowSource renaming(ColumnRenames renames) {
        return renames.isEmpty()
                ? this
                : cells.renaming(renames)
                        .<RowSource>map(renamed -> new CsvRowSource(table, renamed))
                        .orElseGet(() -> RowSource.super.renaming(renames));
    }

    /** The typed cells, for sources of other forms. */
    TypedCells cells() {
        return cells;
    }

    @Override
    public String description() {
        return table.name();
    }

    /**
     * {@inheritDoc}
     *
     * @throws SnapshotException INVALID_REQUEST also if a declared or required column is not in the header; CORRUPT for
     *     broken compression. Except for errors of the file itself, each names the line on which the record starts
     */
    @Override
    public RowStream open(ReadOptions options) {
        return cells.open(options);
    }
}
