package io.hybridsnapshot.app.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.comparison.RowChangeListener;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Every row that differs, as one JSON document per line. {@link #finish} gives a regular file its name; closing before
 * that leaves no file. For one thread.
 */
public final class ChangesFile implements RowChangeListener, AutoCloseable {
    /** How each line begins. */
    private static final byte[] BEGINNING = "{\"kind\":".getBytes(StandardCharsets.UTF_8);

    private final PendingOutput output;
    private final JsonGenerator generator;
    private long rows;

    private ChangesFile(PendingOutput output, JsonGenerator generator) {
        this.output = output;
        this.generator = generator;
    }

    /**
     * Whether a file is an earlier file of changes. An empty file counts, because a file without changes is empty. An
     * unreadable file does not count.
     *
     * @param file an existing regular file
     */
    public static boolean isOne(Path file) {
        try (InputStream bytes = Files.newInputStream(file)) {
            byte[] beginning = bytes.readNBytes(BEGINNING.length);
            return beginning.length == 0 || Arrays.equals(beginning, BEGINNING);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Starts a file.
     *
     * @param output the target; closed with this file
     * @throws SnapshotException UNAVAILABLE if it cannot be written
     */
    public static ChangesFile to(PendingOutput output) {
        try {
            JsonGenerator generator = Json.generator(output.stream());
            generator.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
            return new ChangesFile(output, generator);
        } catch (IOException e) {
            throw unwritable(output, e);
        }
    }

    @Override
    public void onChange(RowChange change) {
        try {
            Json.write(generator, DeltaView.json(change));
            rows++;
        } catch (IOException e) {
            throw unwritable(output, e);
        }
    }

    /** Writes the end of the file, which does not have its name yet. May be repeated. */
    public void complete() {
        if (generator.isClosed()) {
            return;
        }
        try {
            if (rows > 0) {
                generator.writeRaw('\n');
            }
            generator.close();
        } catch (IOException e) {
            throw unwritable(output, e);
        }
        output.complete();
    }

    /** Ends the file, which gets its name and replaces a file of that name. Returns the number of its rows. */
    public long finish() {
        complete();
        output.finish();
        return rows;
    }

    @Override
    public void close() {
        output.close();
    }

    private static SnapshotException unwritable(PendingOutput output, IOException cause) {
        return FullDisk.unwritable("the file of changes cannot be written", Path.of(output.name()), cause)
                .build();
    }
}
