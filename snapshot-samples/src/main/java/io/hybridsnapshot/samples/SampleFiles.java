package io.hybridsnapshot.samples;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Real CSV files (UTF-8, gzip, first line is the header) that come with the program: three consecutive states of each
 * of two wide tables. Where they are from and their licence (CC0) is said in {@link #NOTICE}, which is copied along.
 * Stateless and thread-safe.
 */
public final class SampleFiles {
    /**
     * Three states of a table of web features, the oldest first; 2 to 5 % of about 18,700 rows differ from one to the
     * next.
     */
    public static final List<String> COMPAT =
            List.of("compat-8.1.6.csv.gz", "compat-8.1.7.csv.gz", "compat-8.1.9.csv.gz");

    /** The column that identifies a row of {@link #COMPAT}. */
    public static final String COMPAT_KEY = "FEATURE";

    /**
     * Three days of exchange rates, the oldest first; nearly every row differs, and the last day lacks a column and a
     * row.
     */
    public static final List<String> RATES =
            List.of("rates-2026-09-27.csv.gz", "rates-2026-09-28.csv.gz", "rates-2026-09-29.csv.gz");

    /** The column that identifies a row of {@link #RATES}. */
    public static final String RATES_KEY = "CURRENCY CODE";

    /** The file that says what the others are. */
    public static final String NOTICE = "SAMPLES-NOTICE.md";

    private SampleFiles() {}

    /** The names of all data files: {@link #COMPAT}, then {@link #RATES}. */
    public static List<String> names() {
        return Stream.concat(COMPAT.stream(), RATES.stream()).toList();
    }

    /**
     * Opens a data file or the notice, as it is stored (data files are gzip); the caller closes it.
     *
     * @throws SnapshotException INVALID_REQUEST for a name that is none of them
     */
    public static InputStream open(String name) {
        if (!names().contains(name) && !name.equals(NOTICE)) {
            throw SnapshotException.invalidRequest("no such sample file")
                    .actual("'" + name + "'")
                    .expected("one of " + String.join(", ", names()))
                    .build();
        }
        return resource(name);
    }

    /**
     * Writes the data files and the notice into a directory, and makes the directory if it is missing. A file with the
     * same bytes stays as it is. A file with other bytes is replaced as a whole. Returns the data files in the order of
     * {@link #names()}.
     *
     * @throws SnapshotException INVALID_REQUEST if the path is not a directory, UNAVAILABLE if it cannot be written
     */
    public static List<Path> copyTo(Path directory) {
        try {
            Files.createDirectories(directory);
            copy(NOTICE, directory);
            List<Path> copies = new ArrayList<>();
            for (String name : names()) {
                copies.add(copy(name, directory));
            }
            return List.copyOf(copies);
        } catch (FileAlreadyExistsException e) {
            throw SnapshotException.invalidRequest("the sample files need a directory")
                    .where(directory.toString())
                    .actual("a file of that name")
                    .expected("a directory, or nothing")
                    .nextStep("name another directory")
                    .cause(e)
                    .build();
        } catch (IOException e) {
            throw SnapshotException.unavailable("the sample files cannot be written")
                    .where(directory.toString())
                    .actual(e)
                    .expected("a directory that can be written")
                    .nextStep("check its permissions and the free space, or name another directory")
                    .cause(e)
                    .build();
        }
    }

    static InputStream resource(String name) {
        InputStream stream = SampleFiles.class.getResourceAsStream(name);
        if (stream == null) {
            throw new IllegalStateException("the program was built without its resource " + name);
        }
        return stream;
    }

    private static Path copy(String name, Path directory) throws IOException {
        byte[] bytes;
        try (InputStream in = resource(name)) {
            bytes = in.readAllBytes();
        }
        Path target = directory.resolve(name);
        if (Files.isRegularFile(target)
                && Files.size(target) == bytes.length
                && Arrays.equals(Files.readAllBytes(target), bytes)) {
            return target;
        }
        Path part = Files.createTempFile(directory, name, ".part");
        try {
            Files.write(part, bytes);
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        return target;
    }
}
