package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;

/**
 * Writes rows as CSV: UTF-8, a header, every cell in its {@link CellText}. Only cells that hold a separator, a quote or
 * a line break are quoted. NULL is an empty cell and an empty text is {@code ""};
 * {@link EmptyCells#UNQUOTED_EMPTY_IS_NULL} reads both back. A file appears complete and forced to the disk, or not at
 * all. A hot path: cells go from the vectors into one byte array, without an object per cell. For one thread; the
 * opener closes the writer.
 */
public final class CsvRowWriter implements AutoCloseable {
    private static final int FLUSH_AT = 1 << 16;
    private static final int GZIP_BUFFER = 1 << 16;

    private final Schema schema;
    private final String where;
    private final CsvLayout layout;
    private final byte[] lineEnd;
    private final boolean[] special = new boolean[256];

    /** By column: whether its cells can need quotes, and the bytes of its longest cell, or -1 without a bound. */
    private final boolean[] canNeedQuotes;

    private final int[] bound;

    /** By column: whether its cells may be taken for formulas and have to be marked. */
    private final boolean[] marked;

    private final ColumnType[] types;
    private final Target target;
    private final OutputStream out;
    private byte[] buffer = new byte[FLUSH_AT + (FLUSH_AT >> 1)];
    private int used;
    private long streamed;
    private long rows;
    private boolean finished;
    private boolean closed;

    /** The temporary file being written and the final file. There is no target if the caller owns the stream. */
    private record Target(Path file, Path temporary, FileChannel channel) {}

    private CsvRowWriter(Schema schema, CsvLayout layout, String where, Target target, OutputStream out) {
        this.schema = schema;
        this.layout = layout;
        this.where = where;
        this.target = target;
        this.out = out;
        this.lineEnd = layout.lineEnd().characters().getBytes(StandardCharsets.US_ASCII);
        special[layout.separator()] = true;
        special[layout.quote()] = true;
        special['\r'] = true;
        special['\n'] = true;
        this.types = new ColumnType[schema.size()];
        this.canNeedQuotes = new boolean[types.length];
        this.bound = new int[types.length];
        this.marked = new boolean[types.length];
        boolean numbersHold = "+-.: ".indexOf(layout.separator()) >= 0 || "+-.: ".indexOf(layout.quote()) >= 0;
        for (int i = 0; i < types.length; i++) {
            types[i] = schema.column(i).type();
            TypeKind kind = types[i].kind();
            marked[i] = kind == TypeKind.TEXT && layout.formulaCells() == FormulaCells.MARKED;
            canNeedQuotes[i] = kind == TypeKind.TEXT || numbersHold;
            bound[i] = kind == TypeKind.TEXT || kind == TypeKind.BINARY ? -1 : CellText.maxBytes(types[i]);
        }
    }

    /**
     * Starts a file, compressed with gzip if its name ends in {@code .gz}. Until {@link #finish}, the bytes are in a
     * hidden file beside it. {@link #finish} renames that file and replaces an existing file of the name.
     *
     * @throws SnapshotException INVALID_REQUEST if the schema has no column, the file is a directory or its directory
     *     is missing; UNAVAILABLE if the file cannot be written
     */
    public static CsvRowWriter create(Path file, Schema schema, CsvLayout layout) {
        Objects.requireNonNull(layout, "layout");
        String where = "file " + file;
        requireColumns(schema, where);
        Path name = file.getFileName();
        if (name == null || Files.isDirectory(file)) {
            throw SnapshotException.invalidRequest("the CSV file to write is a directory")
                    .where(where)
                    .expected("a file's name")
                    .build();
        }
        Path temporary = file.resolveSibling("." + name + "." + UUID.randomUUID() + ".part");
        try {
            FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Target target = new Target(file, temporary, channel);
            try {
                OutputStream raw = Channels.newOutputStream(channel);
                boolean gzip = name.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
                OutputStream out = gzip ? new GZIPOutputStream(raw, GZIP_BUFFER) : raw;
                return started(new CsvRowWriter(schema, layout, where, target, out));
            } catch (IOException | RuntimeException e) {
                discard(target);
                throw e;
            }
        } catch (IOException e) {
            throw failure(where, e);
        }
    }

    /**
     * Starts CSV on a stream that the caller keeps: {@link #finish} flushes the stream, and this writer never closes
     * it.
     *
     * @param name the stream's name in messages
     * @throws SnapshotException INVALID_REQUEST if the schema has no column, UNAVAILABLE if the stream fails
     */
    public static CsvRowWriter to(OutputStream stream, String name, Schema schema, CsvLayout layout) {
        Objects.requireNonNull(layout, "layout");
        requireColumns(schema, name);
        return started(new CsvRowWriter(schema, layout, name, null, Objects.requireNonNull(stream, "stream")));
    }

    /**
     * Writes all the rows that a stream still has to a file; the stream stays open.
     *
     * @throws SnapshotException as {@link #create}, {@link #append} and the stream do; the file is then not there
     */
    public static WrittenCsv write(RowStream rows, Path file, CsvLayout layout) {
        try (CsvRowWriter writer = create(file, rows.schema(), layout)) {
            for (Optional<RowBatch> batch = rows.next(); batch.isPresent(); batch = rows.next()) {
                writer.append(batch.get());
            }
            return writer.finish();
        }
    }

    /**
     * Appends the rows of a batch, which is not kept.
     *
     * @throws IllegalArgumentException if the batch has another schema
     * @throws SnapshotException UNAVAILABLE if the file or stream cannot be written
     */
    public void append(RowBatch batch) {
        if (!batch.schema().equals(schema)) {
            throw new IllegalArgumentException("a batch of " + batch.schema() + " for " + schema);
        }
        requireOpen();
        ColumnVector[] vectors = new ColumnVector[types.length];
        for (int column = 0; column < vectors.length; column++) {
            vectors[column] = batch.vector(column);
        }
        try {
            for (int row = 0; row < batch.rowCount(); row++) {
                for (int column = 0; column < vectors.length; column++) {
                    if (column > 0) {
                        room(1);
                        buffer[used++] = (byte) layout.separator();
                    }
                    cell(column, vectors[column], row);
                }
                endLine();
            }
        } catch (IOException e) {
            throw failure(where, e);
        }
        rows += batch.rowCount();
    }

    /**
     * Ends the CSV. When this method returns, a file is complete, forced to the disk and under its name. Called once,
     * after the last batch.
     *
     * @throws SnapshotException UNAVAILABLE if the file or stream cannot be written
     */
    public WrittenCsv finish() {
        requireOpen();
        try {
            flush();
            finished = true;
            if (target == null) {
                out.flush();
                return new WrittenCsv(rows, streamed);
            }
            if (out instanceof GZIPOutputStream gzip) {
                gzip.finish();
            }
            long size = target.channel().size();
            target.channel().force(true);
            target.channel().close();
            Files.move(
                    target.temporary(),
                    target.file(),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            forceDirectory(target.file());
            return new WrittenCsv(rows, size);
        } catch (IOException e) {
            finished = false;
            throw failure(where, e);
        }
    }

    /** Releases all resources and deletes an unfinished file. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (target != null && !finished) {
            discard(target);
        }
    }

    private static CsvRowWriter started(CsvRowWriter writer) {
        try {
            writer.header();
            return writer;
        } catch (IOException e) {
            writer.close();
            throw failure(writer.where, e);
        }
    }

    private void header() throws IOException {
        for (int column = 0; column < types.length; column++) {
            String text = schema.column(column).name();
            byte[] name = text.getBytes(StandardCharsets.UTF_8);
            room(2 * name.length + 5);
            if (column > 0) {
                buffer[used++] = (byte) layout.separator();
            }
            System.arraycopy(name, 0, buffer, used, name.length);
            int end = used + name.length;
            if (layout.formulaCells() == FormulaCells.MARKED) {
                end = withMark(used, end);
            }
            // A first name that starts with U+FEFF would be taken for a byte order mark.
            boolean mark = column == 0 && text.startsWith("\uFEFF");
            used = mark ? quoted(used, end) : quotedWhereNeeded(used, end);
        }
        endLine();
    }

    private void cell(int column, ColumnVector vector, int row) throws IOException {
        if (vector.isNull(row)) {
            return;
        }
        int length = bound[column];
        if (length < 0) {
            length = CellText.maxBytes(types[column], vector, row);
            if (length == 0) {
                room(2);
                buffer[used++] = (byte) layout.quote();
                buffer[used++] = (byte) layout.quote();
                return;
            }
        }
        room(Math.addExact(Math.multiplyExact(2, length), 4));
        int end = CellText.write(types[column], vector, row, buffer, used);
        if (marked[column]) {
            end = withMark(used, end);
        }
        used = canNeedQuotes[column] ? quotedWhereNeeded(used, end) : end;
    }

    /** Puts an apostrophe before the text if a spreadsheet program would take it for a formula; returns the new end. */
    private int withMark(int from, int to) {
        if (!looksLikeFormula(from, to)) {
            return to;
        }
        System.arraycopy(buffer, from, buffer, from + 1, to - from);
        buffer[from] = '\'';
        return to + 1;
    }

    /**
     * Whether the first character after leading blanks starts a formula. The list is OWASP's ("CSV Injection"): equals,
     * plus, minus, at, tab, carriage return and line feed, and the full-width forms of the first four.
     */
    private boolean looksLikeFormula(int from, int to) {
        int i = from;
        while (i < to && buffer[i] == ' ') {
            i++;
        }
        if (i == to) {
            return false;
        }
        boolean fullWidth = to - i >= 3 && buffer[i] == (byte) 0xEF && buffer[i + 1] == (byte) 0xBC;
        return fullWidth
                ? switch (buffer[i + 2] & 0xFF) {
                    case 0x9D, 0x8B, 0x8D, 0xA0 -> true;
                    default -> false;
                }
                : switch (buffer[i]) {
                    case '=', '+', '-', '@', '\t', '\r', '\n' -> true;
                    default -> false;
                };
    }

    private int quotedWhereNeeded(int from, int to) {
        for (int i = from; i < to; i++) {
            if (special[buffer[i] & 0xFF]) {
                return quoted(from, to);
            }
        }
        return to;
    }

    /** Puts quotes around the bytes and doubles those within, from the end, in place; returns the new end. */
    private int quoted(int from, int to) {
        byte quote = (byte) layout.quote();
        int inner = 0;
        for (int i = from; i < to; i++) {
            if (buffer[i] == quote) {
                inner++;
            }
        }
        int end = to + inner + 2;
        int o = end - 1;
        buffer[o--] = quote;
        for (int i = to - 1; i >= from; i--) {
            byte b = buffer[i];
            buffer[o--] = b;
            if (b == quote) {
                buffer[o--] = quote;
            }
        }
        buffer[from] = quote;
        return end;
    }

    private void endLine() throws IOException {
        room(lineEnd.length);
        for (byte b : lineEnd) {
            buffer[used++] = b;
        }
    }

    private void room(int length) throws IOException {
        if (length > buffer.length - used) {
            flush();
            if (length > buffer.length) {
                buffer = new byte[length];
            }
        }
    }

    private void flush() throws IOException {
        out.write(buffer, 0, used);
        streamed += used;
        used = 0;
    }

    private void requireOpen() {
        if (finished || closed) {
            throw new IllegalStateException("the CSV writer was finished or closed");
        }
    }

    private static void requireColumns(Schema schema, String where) {
        if (schema.size() == 0) {
            throw SnapshotException.invalidRequest("a CSV file has to have a column")
                    .where(where)
                    .actual("none")
                    .expected("at least one")
                    .build();
        }
    }

    /** A renamed file is on the disk only when its directory is. */
    private static void forceDirectory(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            } catch (AccessDeniedException e) {
                // Windows opens no directory; its file system journals the rename.
                if (!System.getProperty("os.name", "").startsWith("Windows")) {
                    throw e;
                }
            }
        }
    }

    /** An error here leaves an unused hidden file; the error that led here is more important. */
    private static void discard(Target target) {
        try {
            target.channel().close();
            Files.deleteIfExists(target.temporary());
        } catch (IOException e) {
            return;
        }
    }

    private static SnapshotException failure(String where, IOException e) {
        if (e instanceof NoSuchFileException) {
            return SnapshotException.invalidRequest("the directory of the CSV file does not exist")
                    .where(where)
                    .nextStep("make the directory or correct the path")
                    .cause(e)
                    .build();
        }
        boolean denied = e instanceof AccessDeniedException || e instanceof FileAlreadyExistsException;
        boolean full = FullDisk.isIn(e.getMessage());
        SnapshotException.Builder error = SnapshotException.unavailable(
                        "the CSV cannot be written" + (full ? ": the disk is full" : ""))
                .where(where)
                .actual(denied ? "no permission" : CsvFile.reason(e))
                .expected("a writable place with free space")
                .cause(e);
        return (full ? error.nextStep("free space on the disk of {0}, then {1}", where, CommonRemedy.REPEAT) : error)
                .build();
    }
}
