package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file of JSON lines (JSON of RFC 8259, one object a line): UTF-8, or UTF-16 with a byte order mark, plain or in a
 * {@link Compression}. A name of the objects is a column, in the order in which the names first occur. A name that an
 * object lacks, and {@code null}, are NULL. A number is taken digit for digit, a string without its quotes and escapes,
 * and an object or array as compact JSON. Opening first reads the whole file for the names, unless it is unchanged
 * since the last opening or {@link #withColumns} gives them. Thread-safe.
 */
public final class JsonLinesFile implements RecordFile {
    private final CsvFile file;
    private final Optional<List<String>> given;

    /** The names that were found last, for a file of this size and time. */
    private volatile @Nullable Found found;

    private record Found(List<String> columns, long size, FileTime modified) {}

    /** A file that is looked at only when it is opened. */
    public JsonLinesFile(Path file) {
        this(
                new CsvFile(
                        Objects.requireNonNull(file, "file"), file.toString(), "JSON lines", StandardCharsets.UTF_8),
                Optional.empty());
    }

    private JsonLinesFile(CsvFile file, Optional<List<String>> given) {
        this.file = file;
        this.given = given;
    }

    /** The same file, which messages name by these words instead of its path: {@code standard input} for a copy. */
    public JsonLinesFile named(String name) {
        return new JsonLinesFile(file.named(name), given);
    }

    /**
     * The same file with these columns, in this order. It is not read for its names, so it may be a pipe or have no
     * object. An object with another name is an error.
     */
    public JsonLinesFile withColumns(List<String> columns) {
        return new JsonLinesFile(file, Optional.of(List.copyOf(columns)));
    }

    @Override
    public String name() {
        return file.name();
    }

    @Override
    public String place() {
        return file.place();
    }

    @Override
    public boolean isRepeatable() {
        return file.isRepeatable();
    }

    @Override
    public long length() {
        return file.length();
    }

    @Override
    public RecordStream open() {
        return new JsonLinesStream(file, columns());
    }

    private List<String> columns() {
        if (given.isPresent()) {
            return given.get();
        }
        if (Files.exists(file.path()) && !Files.isDirectory(file.path()) && !isRepeatable()) {
            throw SnapshotException.invalidRequest("the columns of JSON lines cannot be found in a stream")
                    .where(place())
                    .actual("a stream that is read only once")
                    .expected("a regular file, which is read for its names first")
                    .nextStep("save the stream to a file first")
                    .build();
        }
        Found last = found;
        if (last != null && last.equals(find(last.columns))) {
            return last.columns;
        }
        Set<String> names = new LinkedHashSet<>();
        // Its size and time before the reading: a change meanwhile makes the next opening read it again.
        Found before = find(List.of());
        try (JsonLinesStream stream = new JsonLinesStream(file, List.of())) {
            stream.collectNames(names);
        }
        List<String> columns = List.copyOf(names);
        found = new Found(columns, before.size, before.modified);
        return columns;
    }

    /** These columns, with the size and time of the file at this moment. */
    private Found find(List<String> columns) {
        try {
            BasicFileAttributes now = Files.readAttributes(file.path(), BasicFileAttributes.class);
            return new Found(columns, now.size(), now.lastModifiedTime());
        } catch (IOException e) {
            throw file.failure(e);
        }
    }
}
