package io.hybridsnapshot.app.dataset;

import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.csv.CsvLayout;
import io.hybridsnapshot.csv.CsvRowWriter;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** Writes rows to a file atomically. Stateless. */
public final class RowFiles {
    private static final int GZIP_BUFFER = 1 << 16;

    /** The kind of a file. */
    public enum Format {
        /** Comma-separated, UTF-8. */
        CSV,
        /** Parquet. */
        PARQUET
    }

    /**
     * A complete file.
     *
     * @param rows its rows
     * @param bytes its size
     */
    public record Written(long rows, long bytes) {}

    private RowFiles() {}

    /**
     * Refuses a directory in the place of a file.
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
     * The kind that a file's name indicates.
     *
     * @throws SnapshotException INVALID_REQUEST if it indicates none
     */
    public static Format format(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".parquet")) {
            return Format.PARQUET;
        }
        if (name.matches(".*\\.(csv|tsv)(\\.gz)?")) {
            return Format.CSV;
        }
        throw SnapshotException.invalidRequest("the file's name does not show the format to write")
                .where(file.toString())
                .expected("a name that ends in .csv, .csv.gz, .tsv, .tsv.gz or .parquet")
                .nextStep("choose such a name, or add --format csv or --format parquet")
                .build();
    }

    /** How a CSV file of this name is laid out: with tabs if it is a {@code .tsv}. */
    public static CsvLayout layout(Path file) {
        return TableForm.hasTabs(file) ? CsvLayout.DEFAULT.withSeparator('\t') : CsvLayout.DEFAULT;
    }

    /**
     * Writes all rows of a stream, which stays open, and ends the output. If the reader of the output has gone, writing
     * ends early.
     *
     * @param name decides the layout of a CSV file and its compression
     * @param progress receives the number of written rows
     * @throws SnapshotException as the stream does; UNAVAILABLE if the output cannot be written
     */
    public static Written write(
            RowStream rows, PendingOutput output, Path name, Format format, SnapshotCodec codec, Progress progress) {
        return switch (format) {
            case CSV -> writeCsv(rows, output, name, layout(name), progress);
            case PARQUET -> parquet(rows, output, codec, progress);
        };
    }

    /** Receives the number of written rows, and decides whether to continue. */
    @FunctionalInterface
    public interface Progress {
        /** Whether the rows are still wanted. */
        boolean at(long rows);
    }

    /**
     * Writes all rows of a stream as CSV of a layout; the stream stays open, the output ends. If the reader of the
     * output has gone, writing ends early.
     *
     * @param name decides whether the file is compressed
     * @param progress receives the number of written rows
     * @throws SnapshotException as the stream does; UNAVAILABLE if the output cannot be written
     */
    public static Written writeCsv(
            RowStream rows, PendingOutput output, Path name, CsvLayout layout, Progress progress) {
        boolean compressed = name.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
        long count = 0;
        try (OutputStream out = compressed ? new GZIPOutputStream(output.stream(), GZIP_BUFFER) : output.stream();
                CsvRowWriter writer = CsvRowWriter.to(out, "file " + output.name(), rows.schema(), layout)) {
            boolean wanted = true;
            for (Optional<RowBatch> next = rows.next(); wanted && next.isPresent(); next = rows.next()) {
                writer.append(next.get());
                count += next.get().rowCount();
                wanted = progress.at(count);
            }
            writer.finish();
        } catch (IOException e) {
            throw SnapshotException.unavailable("the output cannot be written")
                    .where(output.name())
                    .actual(e)
                    .nextStep("check the free space")
                    .cause(e)
                    .build();
        }
        return new Written(count, output.finish());
    }

    private static Written parquet(RowStream rows, PendingOutput output, SnapshotCodec codec, Progress progress) {
        try (SnapshotWriter writer = codec.openWriter(output.file(), rows.schema(), Map.of())) {
            long count = 0;
            for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
                writer.append(next.get());
                count += next.get().rowCount();
                progress.at(count);
            }
            long written = writer.finish().rowCount();
            return new Written(written, output.finish());
        }
    }
}
