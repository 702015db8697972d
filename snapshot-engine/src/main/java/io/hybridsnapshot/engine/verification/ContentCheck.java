package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.Sha256;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.internal.catalogue.KnownSpecs;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads one archive's file to a local one, decodes it, hashes its rows anew and compares all of it with the archive's
 * record. Memory is bounded by one batch and the rows that sorting holds. Used once, in one thread.
 */
final class ContentCheck {
    private static final int FETCH_BYTES = 1 << 20;

    private final SnapshotEnvironment environment;
    private final Dataset dataset;
    private final ArchivedSnapshot archive;
    private final Scratch scratch;
    private final Verification verification;
    private final List<Finding> findings = new ArrayList<>();
    private Optional<LeftOut.Reason> leftOut = Optional.empty();
    private boolean bytesAreKnown;
    private long rows;
    private long bytes;

    ContentCheck(
            SnapshotEnvironment environment,
            Dataset dataset,
            ArchivedSnapshot archive,
            Scratch scratch,
            Verification verification) {
        this.environment = environment;
        this.dataset = dataset;
        this.archive = archive;
        this.scratch = scratch;
        this.verification = verification;
    }

    /** Returns the findings; complete unless {@link #leftOut} says otherwise. */
    List<Finding> findings() {
        return findings;
    }

    /** Returns the reason why a comparison was left out. */
    Optional<LeftOut.Reason> leftOut() {
        return leftOut;
    }

    long rows() {
        return rows;
    }

    long bytes() {
        return bytes;
    }

    /** Checks whether this platform wrote the archive. Other writers record less about their files. */
    private boolean isOwn() {
        return archive.fingerprint().isPresent();
    }

    void check() {
        Path file = scratch.file("verified");
        try {
            if (fetch(file)) {
                decode(file);
            }
        } catch (SnapshotException e) {
            // A missing part is a conflict for a reader. The caller checks whether the whole file is missing.
            boolean aboutTheFile = e.kind() == SnapshotException.Kind.CORRUPT
                    || e.kind() == SnapshotException.Kind.CONFLICT
                    || e.kind() == SnapshotException.Kind.INVALID_REQUEST;
            if (!aboutTheFile) {
                throw e;
            }
            boolean bytesAreSound = bytesAreKnown && findings.isEmpty();
            if (bytesAreSound && !isOwn()) {
                // A form of another writer that cannot be decoded here is no damage.
                leftOut = Optional.of(LeftOut.Reason.OTHER_FORMAT);
            } else if (bytesAreSound && e.kind() == SnapshotException.Kind.INVALID_REQUEST) {
                findings.add(Finding.of(FindingType.FILE_NOT_DECODED, archive, e.text()));
            } else {
                findings.add(Finding.of(FindingType.FILE_UNREADABLE, archive, e.text()));
            }
        }
    }

    /** Fetches the file and checks whether its bytes are complete and unchanged, so that decoding them makes sense. */
    private boolean fetch(Path file) {
        MessageDigest sha256 = Sha256.digest();
        MessageDigest md5 = LoadSnapshot.md5();
        byte[] buffer = new byte[FETCH_BYTES];
        try (SeekableBytes stored = environment.archive().open(archive.id());
                OutputStream out = Files.newOutputStream(file)) {
            if (stored.length() != archive.size()) {
                add(FindingType.SIZE_DIFFERS, stored.length() + " bytes, expected " + archive.size());
            }
            while (bytes < stored.length()) {
                if (verification.isTimeUp()) {
                    leftOut = Optional.of(LeftOut.Reason.TIME_IS_UP);
                    return false;
                }
                int length = (int) Math.min(buffer.length, stored.length() - bytes);
                stored.read(bytes, buffer, 0, length);
                sha256.update(buffer, 0, length);
                md5.update(buffer, 0, length);
                out.write(buffer, 0, length);
                bytes += length;
            }
        } catch (IOException e) {
            throw Scratch.unusable(scratch.directory(), e);
        }
        requireDigest("SHA-256", archive.sha256(), sha256);
        requireDigest("MD5", archive.md5(), md5);
        bytesAreKnown = archive.md5().isPresent() || archive.sha256().isPresent();
        return findings.isEmpty();
    }

    private void requireDigest(String algorithm, Optional<String> expected, MessageDigest digest) {
        String actual = HexFormat.of().formatHex(digest.digest());
        if (expected.isPresent() && !expected.get().equalsIgnoreCase(actual)) {
            add(
                    FindingType.BYTES_CHANGED,
                    algorithm + " of the bytes as read is " + actual + ", expected " + expected.get());
        }
    }

    private void decode(Path file) {
        try (SnapshotReader reader =
                        environment.codec().openReader(FileBytes.openCopy(file, "archive " + archive.id()));
                RowHashing hashing = new RowHashing(scratch.directory(), environment.rowsInMemory())) {
            if (isOwn()) {
                requireOwnFile(reader.metadata());
                requireSchema(reader.schema());
            }
            readRows(reader, hashing);
        }
    }

    private void requireOwnFile(Map<String, String> metadata) {
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put(SaveSnapshot.DATASET_KEY, archive.dataset());
        expected.put(SaveSnapshot.PARTITION_KEY, archive.partition().name());
        archive.snapshotId().ifPresent(id -> expected.put(SaveSnapshot.BATCH_ID_KEY, id.toString()));
        expected.put(SaveSnapshot.DATE_KEY, archive.date().toString());
        archive.hashSpecId().ifPresent(spec -> expected.put(SaveSnapshot.HASH_SPEC_KEY, spec));
        List<String> other = new ArrayList<>();
        expected.forEach((key, value) -> {
            String actual = metadata.getOrDefault(key, value);
            if (!actual.equals(value)) {
                other.add(key + " " + actual + ", expected " + value);
            }
        });
        if (!other.isEmpty()) {
            add(FindingType.FILE_OF_ANOTHER_SNAPSHOT, "its file says " + String.join("; ", other));
        }
    }

    private void requireSchema(Schema schema) {
        String actual = schema.hash();
        if (archive.schemaHash().isPresent() && !archive.schemaHash().get().equals(actual)) {
            add(
                    FindingType.SCHEMA_DIFFERS,
                    "the file's columns have schema hash " + actual + ", expected "
                            + archive.schemaHash().get());
        } else if (archive.columnCount().isPresent() && archive.columnCount().getAsInt() != schema.size()) {
            add(
                    FindingType.SCHEMA_DIFFERS,
                    "the file has " + Counted.of(schema.size(), "column") + ", expected "
                            + archive.columnCount().getAsInt());
        }
    }

    private void readRows(SnapshotReader reader, RowHashing hashing) {
        Optional<RowHasher> hasher = hasher(reader.schema());
        KeyedRowSorter sorter = hashing.sorter();
        long missing = 0;
        try (RowStream stream = reader.rows(ReadOptions.ALL)) {
            for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                rows += batch.get().rowCount();
                if (hasher.isPresent()) {
                    KeyedHashes hashes = hasher.get().hash(batch.get());
                    missing += hashes.missingIdentities();
                    if (missing == 0) {
                        sorter.add(hashes);
                    }
                }
                verification.done(batch.get().rowCount());
                if (verification.isTimeUp()) {
                    leftOut = Optional.of(LeftOut.Reason.TIME_IS_UP);
                    return;
                }
            }
        }
        OptionalLong expected = archive.rowCount();
        if (expected.isPresent() && expected.getAsLong() != rows) {
            add(
                    FindingType.ROW_COUNT_DIFFERS,
                    "the file has " + Counted.of(rows, "row") + ", expected " + expected.getAsLong());
        }
        if (hasher.isPresent()) {
            requireFingerprint(sorter, missing);
        }
    }

    private Optional<RowHasher> hasher(Schema schema) {
        Optional<HashSpec> spec = KnownSpecs.find(dataset, archive.hashSpecId());
        if (!isOwn()) {
            leftOut = Optional.of(LeftOut.Reason.OTHER_WRITER);
        } else if (spec.isEmpty()) {
            leftOut = Optional.of(LeftOut.Reason.OTHER_HASH_SPEC);
        } else if (!dataset.keyColumns().stream()
                .allMatch(column -> schema.find(column).isPresent())) {
            leftOut = Optional.of(LeftOut.Reason.KEY_UNKNOWN);
        } else {
            return Optional.of(RowHasher.of(schema, spec.get(), dataset.keyColumns()));
        }
        return Optional.empty();
    }

    private void requireFingerprint(KeyedRowSorter sorter, long missing) {
        if (missing > 0) {
            add(FindingType.FINGERPRINT_DIFFERS, Counted.of(missing, "row") + " without identity: the key is NULL");
            return;
        }
        Fingerprint actual = sorter.finish().inspect(0).fingerprint();
        Fingerprint expected = archive.fingerprint().orElseThrow();
        if (!actual.equals(expected)) {
            add(
                    FindingType.FINGERPRINT_DIFFERS,
                    "the file's rows have fingerprint " + actual + ", expected " + expected);
        }
    }

    private void add(FindingType type, String detail) {
        findings.add(Finding.of(type, archive, detail));
    }
}
