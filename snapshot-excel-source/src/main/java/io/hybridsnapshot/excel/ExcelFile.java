package io.hybridsnapshot.excel;

import io.hybridsnapshot.csv.RecordFile;
import io.hybridsnapshot.csv.RecordStream;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A sheet of an Excel workbook ({@code .xlsx}, {@code .xlsm}; ECMA-376): the one of a name, or else the first that is
 * not hidden. Its first row with a value names the columns. Rows without any value are ignored. Numbers, dates,
 * booleans and the stored values of formulas become texts; {@code docs/files.md} lists them. Rows are streamed; the
 * workbook's shared texts are in memory. Thread-safe.
 */
public final class ExcelFile implements RecordFile {
    private final Path path;
    private final String name;
    private final Optional<String> sheet;

    /** The file that was found intact last. */
    private volatile @Nullable Version intact;

    private record Version(long size, FileTime modified) {}

    /** The first sheet of a file that is looked at only when it is opened. */
    public ExcelFile(Path file) {
        this(Objects.requireNonNull(file, "file"), file.toString(), Optional.empty());
    }

    private ExcelFile(Path path, String name, Optional<String> sheet) {
        this.path = path;
        this.name = Objects.requireNonNull(name, "name");
        this.sheet = sheet;
    }

    /** The sheet of this name in the same file. */
    public ExcelFile withSheet(String sheetName) {
        return new ExcelFile(path, name, Optional.of(sheetName));
    }

    /** The same file, which messages name by these words instead of its path: {@code standard input} for a copy. */
    public ExcelFile named(String other) {
        return new ExcelFile(path, other, sheet);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String place() {
        return name.equals(path.toString()) ? "file " + name : name;
    }

    @Override
    public boolean isRepeatable() {
        return Files.isRegularFile(path);
    }

    /**
     * The name of the sheet that is read.
     *
     * @throws SnapshotException as {@link #open} does
     */
    public String sheetName() {
        try (SheetStream stream = new SheetStream(this, sheet)) {
            return stream.sheetName();
        }
    }

    /** {@inheritDoc} Checks all parts of the workbook against their checksums first, unless the file is unchanged. */
    @Override
    public RecordStream open() {
        requireIntact();
        SheetStream stream = new SheetStream(this, sheet);
        try {
            stream.readHeader();
            return stream;
        } catch (RuntimeException | Error e) {
            stream.close();
            throw e;
        }
    }

    Path path() {
        return path;
    }

    private void requireIntact() {
        if (Files.isDirectory(path)) {
            throw SnapshotException.invalidRequest("the Excel file is a directory")
                    .where(place())
                    .expected("a file")
                    .nextStep("name one file in it")
                    .build();
        }
        if (Files.exists(path) && !isRepeatable()) {
            throw SnapshotException.invalidRequest("an Excel file cannot be read from a stream")
                    .where(place())
                    .expected("a regular file")
                    .nextStep("save the stream to a file first")
                    .build();
        }
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            Version version = new Version(now.size(), now.lastModifiedTime());
            if (!version.equals(intact)) {
                WorkbookCheck.requireIntact(this);
                intact = version;
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Translates an error of the file system, or of the archive that a workbook is. */
    SnapshotException failure(IOException e) {
        if (e instanceof NoSuchFileException) {
            return SnapshotException.invalidRequest("the Excel file does not exist")
                    .where(place())
                    .nextStep("correct the path")
                    .cause(e)
                    .build();
        }
        if (e instanceof AccessDeniedException || e instanceof FileSystemException) {
            return SnapshotException.unavailable("the Excel file cannot be read")
                    .where(place())
                    .actual(e instanceof AccessDeniedException ? "no permission" : String.valueOf(e.getMessage()))
                    .expected("a readable file")
                    .cause(e)
                    .build();
        }
        return damage(String.valueOf(e.getMessage()), e);
    }

    /** The error for a file that is no intact workbook. */
    SnapshotException damage(String found, @Nullable Throwable cause) {
        SnapshotException.Builder error = SnapshotException.corrupt("the Excel file is damaged, or is no workbook")
                .where(place())
                .actual("'" + found + "'")
                .expected("an intact .xlsx workbook")
                .nextStep("copy or make the file again, or save the sheet as CSV");
        return cause == null ? error.build() : error.cause(cause).build();
    }
}
