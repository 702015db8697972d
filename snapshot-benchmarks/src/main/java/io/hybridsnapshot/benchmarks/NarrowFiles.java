package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.domain.schema.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files that whole processes are measured with: the narrow table on two days as {@code day-0.csv} and {@code
 * day-1.csv}, and the {@code snapshot.yaml} that defines it. Rows depend on their number alone.
 */
final class NarrowFiles {
    private NarrowFiles() {}

    /** Writes the files; the arguments are the rows and an existing directory. */
    public static void main(String[] arguments) throws IOException {
        write(Long.parseLong(arguments[0]), Path.of(arguments[1]));
    }

    /** Writes the files into a directory. */
    static void write(long rows, Path directory) throws IOException {
        for (int day = 0; day < 2; day++) {
            MeasuredTable.NARROW.writeCsv(rows, day, directory.resolve("day-" + day + ".csv"));
        }
        StringBuilder types = new StringBuilder();
        for (Column column : MeasuredTable.NARROW.schema().columns()) {
            types.append("      ")
                    .append(column.name())
                    .append(": \"")
                    .append(column.type())
                    .append("\"\n");
        }
        Files.writeString(
                directory.resolve("snapshot.yaml"),
                "datasets:\n  narrow:\n    key: [" + MeasuredTable.NARROW.key() + "]\n    types:\n" + types);
    }
}
