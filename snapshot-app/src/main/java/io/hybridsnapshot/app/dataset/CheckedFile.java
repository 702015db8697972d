package io.hybridsnapshot.app.dataset;

import io.hybridsnapshot.domain.codec.FileRowSource;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.source.ColumnRenames;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A source over a file. If the file is of an unexpected kind, its errors describe the kind that the file appears to be.
 * Immutable.
 *
 * @param inner the reader of the file
 * @param file the file
 * @param expected the kind given by the file's name or the configuration
 */
record CheckedFile(RowSource inner, NamedFile file, Expected expected) implements FileRowSource {
    /** The kind that a file should have. */
    enum Expected {
        /** Delimited text, compressed or not. */
        CSV(TableForm.CSV),
        /** Delimited text in an encoding that is named, so the first bytes do not tell that it is no text. */
        ENCODED_CSV(TableForm.CSV),
        /** JSON lines, compressed or not. */
        JSON_LINES(TableForm.JSON_LINES),
        /** A workbook. */
        EXCEL(TableForm.EXCEL),
        /** Parquet. */
        PARQUET(TableForm.PARQUET);

        private final TableForm form;

        Expected(TableForm form) {
            this.form = form;
        }

        private boolean isText() {
            return form == TableForm.CSV || form == TableForm.JSON_LINES;
        }
    }

    @Override
    public String description() {
        return inner.description();
    }

    @Override
    public RowStream open(ReadOptions options) {
        Optional<FileKind> kind = FileKind.of(file.path());
        if (kind.isPresent() && isCertainlyOther(kind.get())) {
            throw otherKind(kind.get());
        }
        try {
            return inner.open(options);
        } catch (SnapshotException e) {
            // A table may start like JSON or XML, so it is tried first.
            boolean likely = e.kind() == Kind.INVALID_REQUEST
                    && kind.filter(this::isLikelyOther).isPresent();
            throw likely ? otherKind(kind.get()) : e;
        }
    }

    @Override
    public Optional<SnapshotReader> openFile() {
        // A file of another kind is left to the stream, whose errors name the kind.
        return FileKind.of(file.path()).filter(this::isCertainlyOther).isPresent()
                ? Optional.empty()
                : FileRowSource.openFileOf(inner);
    }

    @Override
    public RowSource inferringOver(RowSource other) {
        RowSource plain = other instanceof CheckedFile checked ? checked.inner : other;
        return new CheckedFile(inner.inferringOver(plain), file, expected);
    }

    @Override
    public RowSource renaming(ColumnRenames renames) {
        return renames.isEmpty() ? this : new CheckedFile(inner.renaming(renames), file, expected);
    }

    private boolean isCertainlyOther(FileKind kind) {
        return switch (kind.family()) {
            case PARQUET -> expected != Expected.PARQUET;
            case WORKBOOK -> expected != Expected.EXCEL;
            // The reader of text lists the members of an archive.
            case TEXT, JSON_LINES, MARKUP, ARCHIVE -> !expected.isText();
            // A damaged file may resemble any kind; its reader reports the damage.
            case UNKNOWN -> false;
            case OTHER_ENCODING -> expected != Expected.ENCODED_CSV;
            case PACKED, SPREADSHEET, OTHER -> true;
        };
    }

    private boolean isLikelyOther(FileKind kind) {
        return switch (kind.family()) {
            case MARKUP -> expected.isText();
            case JSON_LINES -> expected.form == TableForm.CSV;
            case TEXT -> expected == Expected.JSON_LINES;
            default -> false;
        };
    }

    private SnapshotException otherKind(FileKind kind) {
        return SnapshotException.invalidRequest("the file is no " + expected.form.title() + " file")
                .where(file.place())
                .actual("what looks like " + kind.description())
                .expected(expected.form.title())
                .nextStep(nextStep(kind))
                .build();
    }

    /** The error for a file of a kind that is no table. */
    static SnapshotException noTable(NamedFile file, FileKind kind) {
        return SnapshotException.invalidRequest("the file is no table that can be read")
                .where(file.place())
                .actual("what looks like " + kind.description())
                .expected("CSV, JSON lines, Excel or Parquet")
                .nextStep(nextStep(kind))
                .build();
    }

    /** The error for a file with a name that does not show its kind. */
    static SnapshotException nameless(Path file) {
        Optional<FileKind> kind = FileKind.of(file);
        SnapshotException.Builder error = SnapshotException.invalidRequest("the file's name does not show its format")
                .where(file.toString())
                .expected(TableForm.NAMES);
        kind.ifPresent(found -> error.actual("what looks like " + found.description()));
        boolean stream = Files.exists(file) && !Files.isRegularFile(file);
        return error.nextStep(
                        stream
                                ? "make a pipe of such a name (mkfifo rows.csv), or save the stream to a file first"
                                : kind.map(found -> nextStep(found))
                                        .orElse("rename the file, or link to it under such a name"))
                .build();
    }

    private static String nextStep(FileKind kind) {
        String behind = switch (kind.compression()) {
            case NONE -> "";
            case GZIP -> ".gz";
            case ZSTD -> ".zst";
            case ZIP -> ".zip";
        };
        return switch (kind.family()) {
            case TEXT ->
                "if it is CSV, rename it or link to it under a name that ends in .csv" + behind + " (.tsv" + behind
                        + " with tabs)";
            case JSON_LINES -> "rename it or link to it under a name that ends in .jsonl" + behind;
            case PARQUET -> "rename it or link to it under a name that ends in .parquet";
            case WORKBOOK -> "rename it or link to it under a name that ends in .xlsx";
            case SPREADSHEET -> "open it in the spreadsheet program and save it as .xlsx, or the sheet as CSV (UTF-8)";
            case PACKED, ARCHIVE -> "unpack it, and name the file of the table in it";
            case MARKUP, OTHER -> "convert it to CSV (UTF-8), JSON lines or Parquet";
            case OTHER_ENCODING -> "convert it to UTF-8, for example with iconv";
            case UNKNOWN -> "make the file anew as CSV (UTF-8) or Parquet";
        };
    }
}
