package io.hybridsnapshot.app.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.hybridsnapshot.app.dataset.RowFiles;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.delta.RowChangeListener;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * Every row that differs, as one JSON document a line. The file takes its name when {@link #finish} is called; closing it before leaves nothing.
 * One thread.
 */
public final class ChangesFile implements RowChangeListener, AutoCloseable {
    private final Path file;
    private final Path partial;
    private final JsonGenerator generator;
    private final OutputStream stream;
    private long rows;
    private boolean closed;

    private ChangesFile(Path file, Path partial, OutputStream stream, JsonGenerator generator) {
        this.file = file;
        this.partial = partial;
        this.stream = stream;
        this.generator = generator;
    }

    /**
     * Starts a file.
     *
     * @throws SnapshotException INVALID_REQUEST if it is a directory, UNAVAILABLE if it cannot be written
     */
    public static ChangesFile create(Path file) {
        RowFiles.requireNoDirectory(file);
        Path partial = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            OutputStream stream = new BufferedOutputStream(Files.newOutputStream(partial), 1 << 16);
            JsonGenerator generator = Json.generator(stream);
            generator.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
            return new ChangesFile(file, partial, stream, generator);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    @Override
    public void onChange(RowChange change) {
        try {
            Json.write(generator, DeltaView.json(change));
            rows++;
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** Ends the file, which takes its name and the place of a file of that name. Returns how many rows it has. */
    public long finish() {
        try {
            if (rows > 0) {
                generator.writeRaw('\n');
            }
            generator.close();
            stream.close();
            closed = true;
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
            return rows;
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    @Override
    public void close() {
        try {
            if (!closed) {
                closed = true;
                stream.close();
            }
            Files.deleteIfExists(partial);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static SnapshotException unwritable(Path file, IOException cause) {
        return SnapshotException.unavailable("the file of changes cannot be written")
                .where(file.toString())
                .actual(cause)
                .nextStep("check that its directory is there, its permissions and the free space")
                .cause(cause)
                .build();
    }
}
