package io.hybridsnapshot.app.dataset;

import io.hybridsnapshot.app.config.CsvSection;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.csv.CsvFormat;
import io.hybridsnapshot.csv.CsvRowSource;
import io.hybridsnapshot.csv.EmptyCells;
import io.hybridsnapshot.csv.JsonLinesFile;
import io.hybridsnapshot.csv.RecordFile;
import io.hybridsnapshot.csv.RecordRowSource;
import io.hybridsnapshot.domain.codec.FileRowSource;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.spi.AdapterSettings;
import io.hybridsnapshot.domain.spi.SourceProvider;
import io.hybridsnapshot.excel.ExcelFile;
import io.hybridsnapshot.parquet.ParquetRowSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Makes the source of rows that a dataset's section names. Immutable. */
public final class RowSources {
    private final QuerySource queries;

    /** A file that messages name by other words than its path. */
    private final Optional<NamedFile> copied;

    /** The names of the columns of a CSV file without a header; none: they are numbered. */
    private final List<String> columns;

    /**
     * Sources that run their queries through {@code queries}.
     *
     * @param queries the runner of queries
     */
    public RowSources(QuerySource queries) {
        this(queries, Optional.empty(), List.of());
    }

    private RowSources(QuerySource queries, Optional<NamedFile> copied, List<String> columns) {
        this.queries = Objects.requireNonNull(queries, "queries");
        this.copied = copied;
        this.columns = columns;
    }

    /** The same sources, whose messages name this file by its words. */
    RowSources naming(NamedFile file) {
        return new RowSources(queries, Optional.of(file), columns);
    }

    /** The same sources, with these names for the columns of a CSV file without a header. */
    RowSources naming(List<String> others) {
        return new RowSources(queries, copied, List.copyOf(others));
    }

    private NamedFile named(Path file) {
        return copied.filter(copy -> copy.path().equals(file)).orElseGet(() -> NamedFile.of(file));
    }

    /** Sources for commands that use no server: the section names a file. */
    public static RowSources ofFilesAlone() {
        return new RowSources((description, query) -> {
            throw new IllegalStateException("a file has no server");
        });
    }

    /**
     * The source of a section.
     *
     * @param name the dataset's, for messages
     * @throws SnapshotException INVALID_REQUEST if the section names none
     */
    public RowSource of(String name, DatasetSection section) {
        SourceSection source = section.source()
                .orElseThrow(() -> SnapshotException.invalidRequest("the dataset has no source")
                        .where("dataset '" + name + "'")
                        .nextStep("add --source FILE, or define it once with 'snapshot init " + name
                                + " --source FILE --key COLUMN'")
                        .build());
        RowSource rows = rows(name, source, section);
        return section.knownSchema()
                .<RowSource>map(schema -> new KnownTypesSource(rows, schema))
                .orElse(rows);
    }

    /**
     * The source of a section. Types of the command line are for this source, so one with types of its own refuses
     * them. Types of the file describe a dataset's CSV files, and stay in force for the next of them.
     *
     * @param name the dataset's, for messages
     * @param given the command line's part of the section
     * @throws SnapshotException INVALID_REQUEST if the section names no source, or types are declared for a source that
     *     has its own
     */
    public RowSource of(String name, DatasetSection section, DatasetSection given) {
        section.source().ifPresent(source -> requireNoTypes(name, source, given));
        return of(name, section);
    }

    /**
     * Refuses types of the command line for a source with types of its own.
     *
     * @throws SnapshotException INVALID_REQUEST if there are such types
     */
    public static void requireNoTypes(String name, SourceSection source, DatasetSection given) {
        given.uselessTypes(source).ifPresent(problem -> {
            throw SnapshotException.invalidRequest("the types of columns cannot be declared for this source")
                    .where("dataset '" + name + "'")
                    .actual(problem)
                    .expected("types for a file of CSV, JSON lines or Excel, or a source from a jar")
                    .nextStep("leave out --type; to save another type, convert the column where the rows come from")
                    .build();
        });
    }

    private RowSource rows(String name, SourceSection source, DatasetSection section) {
        if (source instanceof SourceSection.Csv csv) {
            RowFiles.requireNoDirectory(csv.file());
            NamedFile file = named(csv.file());
            CsvRowSource rows = new CsvRowSource(csv.file(), format(csv.file(), section))
                    .named(file.name())
                    .declaring(RowSources::declaration)
                    .requiring(section.key());
            boolean bare =
                    section.csv().header().filter(CsvSection.Header.NO::equals).isPresent();
            boolean named = section.csv()
                    .encoding()
                    .filter(encoding -> !encoding.equals(StandardCharsets.UTF_8))
                    .isPresent();
            CheckedFile.Expected expected = named ? CheckedFile.Expected.ENCODED_CSV : CheckedFile.Expected.CSV;
            CsvRowSource headed = !bare ? rows : columns.isEmpty() ? rows.withoutHeader() : rows.withColumns(columns);
            return new CheckedFile(headed, file, expected);
        }
        if (source instanceof SourceSection.JsonLines json) {
            RowFiles.requireNoDirectory(json.file());
            NamedFile file = named(json.file());
            // JSON tells an empty text from NULL, which CSV does not by default.
            CsvFormat format = format(json.file(), section).withEmptyCells(EmptyCells.UNQUOTED_EMPTY_IS_NULL);
            RowSource rows = records(new JsonLinesFile(json.file()).named(file.name()), format, section);
            return new CheckedFile(rows, file, CheckedFile.Expected.JSON_LINES);
        }
        if (source instanceof SourceSection.Excel excel) {
            RowFiles.requireNoDirectory(excel.file());
            NamedFile file = named(excel.file());
            CsvFormat format = format(excel.file(), section);
            // A cell that a sheet does not have is NULL.
            RowSource rows = records(
                    sheet(excel, file),
                    format.emptyCells() == EmptyCells.EMPTY_IS_TEXT
                            ? format.withEmptyCells(EmptyCells.UNQUOTED_EMPTY_IS_NULL)
                            : format,
                    section);
            return new CheckedFile(rows, file, CheckedFile.Expected.EXCEL);
        }
        if (source instanceof SourceSection.Parquet parquet) {
            RowFiles.requireNoDirectory(parquet.file());
            NamedFile file = named(parquet.file());
            ParquetRowSource rows = new ParquetRowSource(parquet.file()).named(file.name());
            return new CheckedFile(rows, file, CheckedFile.Expected.PARQUET);
        }
        if (source instanceof SourceSection.Foreign foreign) {
            return foreign(name, foreign, section);
        }
        SourceSection.Query query = (SourceSection.Query) source;
        return queries.query("the query of dataset '" + name + "'", query);
    }

    private static RowSource records(RecordFile file, CsvFormat format, DatasetSection section) {
        return new RecordRowSource(file, format)
                .declaring(RowSources::declaration)
                .requiring(section.key());
    }

    /** The sheet that a section names. */
    static ExcelFile sheet(SourceSection.Excel section, NamedFile file) {
        ExcelFile first = new ExcelFile(file.path()).named(file.name());
        return section.sheet().map(first::withSheet).orElse(first);
    }

    private static RowSource foreign(String name, SourceSection.Foreign source, DatasetSection section) {
        section.defaultType().ifPresent(type -> {
            throw SnapshotException.invalidRequest("a type for all other columns is for files of texts alone")
                    .where("dataset '" + name + "'")
                    .actual("'*' with the type " + type)
                    .expected("types of named columns")
                    .nextStep("remove '*' from the types")
                    .build();
        });
        return source.choice()
                .open((SourceProvider provider, AdapterSettings settings) -> provider.open(settings, section.types()));
    }

    /** The options that declare types, as a shell takes them. */
    private static String declaration(Map<String, ColumnType> types) {
        return types.entrySet().stream()
                        .map(type -> "--type '" + (type.getKey() + "=" + type.getValue()).replace("'", "'\\''") + "'")
                        .collect(Collectors.joining(" "))
                + " (each time, or once under 'types' in the dataset's definition)";
    }

    private static CsvFormat format(Path file, DatasetSection section) {
        CsvSection csv = section.csv();
        boolean tabs = TableForm.hasTabs(file);
        CsvFormat format = CsvFormat.DEFAULT
                .withSeparator(csv.separator().orElse(tabs ? '\t' : ','))
                .withQuote(csv.quote().orElse('"'))
                .withEmptyCells(csv.empty().map(RowSources::emptyCells).orElse(EmptyCells.EMPTY_IS_NULL))
                .withTypes(section.types())
                .withEncoding(csv.encoding().orElse(StandardCharsets.UTF_8))
                .withValues(csv.spelling().values());
        return section.defaultType().map(format::withDefaultType).orElse(format);
    }

    private static EmptyCells emptyCells(CsvSection.EmptyCell meaning) {
        return switch (meaning) {
            case NULL -> EmptyCells.EMPTY_IS_NULL;
            case TEXT -> EmptyCells.EMPTY_IS_TEXT;
            case UNQUOTED_NULL -> EmptyCells.UNQUOTED_EMPTY_IS_NULL;
        };
    }

    /**
     * The source that a file is, by its name. A ZIP archive with a name that shows no form counts as the only file in
     * it.
     *
     * @throws SnapshotException INVALID_REQUEST if the name does not indicate a kind, or is a directory's
     */
    public static SourceSection ofFile(Path file) {
        RowFiles.requireNoDirectory(file);
        TableForm form =
                TableForm.ofName(file).or(() -> TableForm.ofMember(file)).orElseThrow(() -> CheckedFile.nameless(file));
        return switch (form) {
            case CSV -> new SourceSection.Csv(file);
            case JSON_LINES -> new SourceSection.JsonLines(file);
            case EXCEL -> new SourceSection.Excel(file, Optional.empty());
            case PARQUET -> new SourceSection.Parquet(file);
        };
    }

    /**
     * The source that a file is, by its name, and the sheet of a workbook.
     *
     * @throws SnapshotException INVALID_REQUEST also if there is a sheet, and the file is no workbook by its name
     */
    public static SourceSection ofFile(Path file, Optional<String> sheet) {
        SourceSection source = ofFile(file);
        if (sheet.isEmpty()) {
            return source;
        }
        if (source instanceof SourceSection.Excel) {
            return new SourceSection.Excel(file, sheet);
        }
        throw SnapshotException.invalidRequest("a sheet, and the file is no Excel workbook by its name")
                .where(file.toString())
                .actual("sheet '" + sheet.get() + "'")
                .expected("a name that ends in .xlsx or .xlsm")
                .build();
    }

    /** A source that a preset knows the types of, until a first snapshot does. */
    private record KnownTypesSource(RowSource inner, Schema schema) implements FileRowSource {
        @Override
        public String description() {
            return inner.description();
        }

        @Override
        public RowSource inferringOver(RowSource other) {
            RowSource plain = other instanceof KnownTypesSource known ? known.inner : other;
            return new KnownTypesSource(inner.inferringOver(plain), schema);
        }

        @Override
        public RowStream open(ReadOptions options) {
            return inner.open(options.withKnownTypes(options.knownTypes().or(() -> Optional.of(schema))));
        }

        @Override
        public Optional<SnapshotReader> openFile() {
            // A file that can be read as it lies has types of its own.
            return FileRowSource.openFileOf(inner);
        }
    }
}
