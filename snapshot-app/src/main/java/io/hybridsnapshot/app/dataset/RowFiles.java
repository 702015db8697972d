package io.hybridsnapshot.app.dataset;

import io.hybridsnapshot.csv.CsvLayout;
import io.hybridsnapshot.csv.CsvRowWriter;
import io.hybridsnapshot.csv.WrittenCsv;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;

/** Writes rows to a file as a whole or not at all. Stateless. */
public final class RowFiles {
    /** What kind of file. */
    public enum Format {
        /** Comma-separated, UTF-8. */
        CSV,
        /** Parquet. */
        PARQUET
    }

    /**
     * A file that is whole.
     *
     * @param rows its rows
     * @param bytes its size
     */
    public record Written(long rows, long bytes) {}

    private RowFiles() {}

    /**
     * Refuses a directory where a file is meant.
     *
     * @throws SnapshotException INVALID_REQUEST if the path is a directory
     */
    public static void requireNoDirectory(Path file) {
        if (Files.isDirectory(file)) {
            throw SnapshotException.invalidRequest("the path is a directory")
                    .where(file.toString())
                    .expected("a file")
                    .build();
        }
    }

    /**
     * The kind that a file's name says.
     *
     * @throws SnapshotException INVALID_REQUEST if it says none
     */
    public static Format format(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".parquet")) {
            return Format.PARQUET;
        }
        if (name.matches(".*\\.(csv|tsv)(\\.gz)?")) {
            return Format.CSV;
        }
        throw SnapshotException.invalidRequest("the file's name does not say what to write")
                .where(file.toString())
                .expected("a name that ends in .csv, .csv.gz, .tsv, .tsv.gz or .parquet")
                .nextStep("choose such a name, or add --format csv or --format parquet")
                .build();
    }

    /** How a CSV file of this name is laid out: with tabs if it is a {@code .tsv}. */
    public static CsvLayout layout(Path file) {
        boolean tabs = file.toString().toLowerCase(Locale.ROOT).matches(".*\\.tsv(\\.gz)?");
        return tabs ? CsvLayout.DEFAULT.withSeparator('\t') : CsvLayout.DEFAULT;
    }

    /**
     * Writes all rows of a stream, which stays open.
     *
     * @param progress hears how many rows are written
     * @throws SnapshotException as the stream does; UNAVAILABLE if the file cannot be written
     */
    public static Written write(RowStream rows, Path file, Format format, SnapshotCodec codec, LongConsumer progress) {
        return switch (format) {
            case CSV -> csv(rows, file, progress);
            case PARQUET -> parquet(rows, file, codec, progress);
        };
    }

    private static Written csv(RowStream rows, Path file, LongConsumer progress) {
        try (CsvRowWriter writer = CsvRowWriter.create(file, rows.schema(), layout(file))) {
            long count = 0;
            for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
                writer.append(next.get());
                count += next.get().rowCount();
                progress.accept(count);
            }
            WrittenCsv written = writer.finish();
            return new Written(written.rowCount(), written.size());
        }
    }

    private static Written parquet(RowStream rows, Path file, SnapshotCodec codec, LongConsumer progress) {
        Path absolute = file.toAbsolutePath();
        Path partial = absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".part");
        try (SnapshotWriter writer = codec.openWriter(partial, rows.schema(), Map.of())) {
            long count = 0;
            for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
                writer.append(next.get());
                count += next.get().rowCount();
                progress.accept(count);
            }
            WrittenFile written = writer.finish();
            Files.move(partial, absolute, StandardCopyOption.REPLACE_EXISTING);
            return new Written(written.rowCount(), written.size());
        } catch (IOException e) {
            throw SnapshotException.unavailable("the file cannot be put in its place")
                    .where(file.toString())
                    .actual(e)
                    .nextStep("check the permissions of its directory")
                    .cause(e)
                    .build();
        }
    }
}
