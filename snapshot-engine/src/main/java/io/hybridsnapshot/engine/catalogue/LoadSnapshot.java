package io.hybridsnapshot.engine.catalogue;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.Sha256;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.internal.catalogue.ArchivedCells;
import io.hybridsnapshot.engine.internal.catalogue.ResolvedSnapshot;
import io.hybridsnapshot.engine.internal.catalogue.SnapshotResolver;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Reads archived snapshots back. A whole snapshot is fetched once, and its digests are checked before its first row is
 * returned. For some columns only their bytes are fetched; the checksums of the file format guard these.
 *
 * <p>Stateless; any number of threads may use it at once if the environment's parts allow it. A stream that it opens is
 * for one thread.
 */
public final class LoadSnapshot {
    private static final int FETCH_BYTES = 1 << 20;

    private final SnapshotEnvironment environment;
    private final SnapshotResolver resolver;

    /** Makes the use case in an environment. */
    public LoadSnapshot(SnapshotEnvironment environment) {
        this.environment = environment;
        this.resolver = new SnapshotResolver(environment);
    }

    /**
     * Returns the archive of a partition that a reference names.
     *
     * @throws SnapshotException INVALID_REQUEST if there is none, if it was removed, or if it belongs to another
     *     partition; CORRUPT if the window refers to it and it was lost
     */
    public ArchivedSnapshot find(Dataset dataset, Partition partition, SnapshotReference reference) {
        return archive(resolver.resolveWithin(reference, dataset, partition));
    }

    /**
     * Returns the archive that a reference names: an archive's number or a batch id names one of any partition, every
     * other reference one of the whole table ({@link Partition#ALL}).
     *
     * @throws SnapshotException INVALID_REQUEST if there is none, or if it was removed; CORRUPT if the window refers to
     *     it and it was lost
     */
    public ArchivedSnapshot find(Dataset dataset, SnapshotReference reference) {
        return archive(resolver.resolve(reference, dataset, Partition.ALL));
    }

    private ArchivedSnapshot archive(ResolvedSnapshot resolved) {
        return resolved.archive().orElseThrow(() -> withoutArchive(resolved));
    }

    private SnapshotException withoutArchive(ResolvedSnapshot resolved) {
        return resolved.window()
                .filter(snapshot -> snapshot.archiveId().isPresent())
                .map(snapshot -> ArchivedCells.missing(environment, snapshot))
                .orElseGet(() -> SnapshotException.invalidRequest("the snapshot has no archive")
                        .where(resolved.label())
                        .expected("an archived snapshot")
                        .nextStep("run {0} if its archive waits in the outbox", CommonRemedy.RECOVERY)
                        .build());
    }

    /**
     * Returns the archive that a reference names, of one partition or as {@link #find(Dataset, SnapshotReference)}
     * does.
     *
     * @param partition empty: the whole dataset, or for a reference to one archive the partition that it is of
     * @throws SnapshotException as the other two methods
     */
    public ArchivedSnapshot find(Dataset dataset, Optional<Partition> partition, SnapshotReference reference) {
        return partition.map(only -> find(dataset, only, reference)).orElseGet(() -> find(dataset, reference));
    }

    /**
     * Streams an archive's rows.
     *
     * @param columns the columns wanted, in the order wanted; empty: all
     * @return a stream that the caller closes
     * @throws SnapshotException CORRUPT if the bytes do not have the digests they had when they were archived
     */
    public RowStream open(ArchivedSnapshot archive, List<String> columns) {
        ReadOptions options = ReadOptions.ALL.withColumns(columns);
        if (!columns.isEmpty()) {
            SnapshotReader reader = ArchivedCells.open(environment, archive);
            return opened(reader, options, Optional.empty());
        }
        Scratch scratch = Scratch.in(environment.workDirectory());
        try {
            Path file = scratch.file("archive");
            fetch(archive, file);
            FileBytes copy = FileBytes.openCopy(file, "archive " + archive.id());
            return opened(environment.codec().openReader(copy), options, Optional.of(scratch));
        } catch (RuntimeException e) {
            scratch.close();
            throw e;
        }
    }

    /**
     * Copies an archive's bytes to a file, unchanged; an existing file is replaced. The digests are checked before the
     * file appears.
     *
     * @throws SnapshotException CORRUPT if the bytes do not have the digests they had when they were archived
     */
    public void copyTo(ArchivedSnapshot archive, Path target) {
        Path absolute = target.toAbsolutePath();
        Path partial = absolute.resolveSibling(absolute.getFileName() + ".partial");
        try {
            fetch(archive, partial);
            Files.move(partial, absolute, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw unwritable(absolute, e);
        } finally {
            deleteQuietly(partial);
        }
    }

    private void fetch(ArchivedSnapshot archive, Path file) {
        MessageDigest sha256 = Sha256.digest();
        MessageDigest md5 = md5();
        byte[] buffer = new byte[FETCH_BYTES];
        try (SeekableBytes bytes = environment.archive().open(archive.id());
                OutputStream out = Files.newOutputStream(file)) {
            for (long position = 0; position < bytes.length(); ) {
                int length = (int) Math.min(buffer.length, bytes.length() - position);
                bytes.read(position, buffer, 0, length);
                sha256.update(buffer, 0, length);
                md5.update(buffer, 0, length);
                out.write(buffer, 0, length);
                position += length;
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
        requireDigest(archive, "SHA-256", archive.sha256(), sha256);
        requireDigest(archive, "MD5", archive.md5(), md5);
    }

    private static void requireDigest(
            ArchivedSnapshot archive, String algorithm, Optional<String> expected, MessageDigest digest) {
        String actual = HexFormat.of().formatHex(digest.digest());
        if (expected.isPresent() && !expected.get().equalsIgnoreCase(actual)) {
            throw SnapshotException.corrupt("an archive's bytes are not those that were archived")
                    .where("archive " + archive.id())
                    .actual(algorithm + " " + actual)
                    .expected(expected.get())
                    .nextStep("restore the archive's row from a backup; load another archive meanwhile")
                    .build();
        }
    }

    // Readers of the archive have checked MD5 from the start. Integrity rests on SHA-256.
    public static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no MD5", e);
        }
    }

    private static SnapshotException unwritable(Path file, IOException cause) {
        return FullDisk.unwritable("the file cannot be written", file, cause).build();
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }

    private static RowStream opened(SnapshotReader reader, ReadOptions options, Optional<Scratch> scratch) {
        try {
            return new OwningRowStream(reader.rows(options), reader, scratch);
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    /** A stream that closes its reader and deletes its file with itself. */
    private static final class OwningRowStream implements RowStream {
        private final RowStream inner;
        private final SnapshotReader reader;
        private final Optional<Scratch> scratch;
        private boolean closed;

        OwningRowStream(RowStream inner, SnapshotReader reader, Optional<Scratch> scratch) {
            this.inner = inner;
            this.reader = reader;
            this.scratch = scratch;
        }

        @Override
        public Schema schema() {
            return inner.schema();
        }

        @Override
        public Optional<RowBatch> next() {
            return inner.next();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                inner.close();
                reader.close();
                scratch.ifPresent(Scratch::close);
            }
        }
    }
}
