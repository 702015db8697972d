package io.hybridsnapshot.app.backup;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a backup: a ZIP file whose first member marks the format and whose last member is the manifest. A file that
 * ends early has no directory, so no reader takes it for a whole one. For one thread.
 */
final class BackupWriter extends Members {
    /** The name of the first member, by which a backup is recognised. */
    static final String MARK = "hybrid-snapshots-backup";

    /** The name of the last member. */
    static final String MANIFEST = "manifest.json";

    private final ZipOutputStream zip;

    BackupWriter(OutputStream out) throws IOException {
        zip = new ZipOutputStream(out);
        member(MARK, Manifest.FORMAT.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    protected OutputStream begin(String name) throws IOException {
        // Archives are compressed already, and encrypted ones cannot be compressed.
        zip.setLevel(name.endsWith(StoreReader.ROWS) ? Deflater.BEST_SPEED : Deflater.NO_COMPRESSION);
        zip.putNextEntry(new ZipEntry(name));
        return new FilterOutputStream(zip) {
            @Override
            public void write(byte[] buffer, int offset, int length) throws IOException {
                zip.write(buffer, offset, length);
            }

            @Override
            public void close() throws IOException {
                zip.closeEntry();
            }
        };
    }

    /** Writes the manifest and the directory of the file. The stream stays open. */
    void finish(Manifest manifest) throws IOException {
        member(MANIFEST, manifest.toJson());
        zip.finish();
        zip.flush();
    }

    private void member(String name, byte[] bytes) throws IOException {
        zip.setLevel(Deflater.BEST_SPEED);
        zip.putNextEntry(new ZipEntry(name));
        zip.write(bytes);
        zip.closeEntry();
    }
}
