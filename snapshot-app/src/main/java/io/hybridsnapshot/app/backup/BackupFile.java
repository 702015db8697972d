package io.hybridsnapshot.app.backup;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Sha256;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A backup that was opened for reading. For one thread; the opener closes it.
 */
public final class BackupFile implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    /** A member's name stands behind the 30 bytes of its header (APPNOTE.TXT, 4.3.7). */
    private static final int HEADER = 30;

    /** The description of a million archives is about half as large. */
    private static final int MANIFEST_BYTES = 256 << 20;

    private static final byte[] SIGNATURE = {'P', 'K', 3, 4};

    private final Path named;
    private final ZipFile zip;
    private final Manifest manifest;

    private BackupFile(Path named, ZipFile zip, Manifest manifest) {
        this.named = named;
        this.zip = zip;
        this.manifest = manifest;
    }

    /**
     * Opens a backup and reads its description.
     *
     * @param named the name in messages
     * @throws SnapshotException INVALID_REQUEST if the file is missing or no backup, CORRUPT if it is damaged or ends
     *     early, UNAVAILABLE if it cannot be read
     */
    public static BackupFile open(Path file, Path named) {
        Objects.requireNonNull(named, "named");
        try {
            if (!isBackup(file)) {
                throw SnapshotException.invalidRequest("the file is no backup")
                        .where(named.toString())
                        .expected("a file that 'snapshot backup' has written")
                        .nextStep("name the right file")
                        .build();
            }
            ZipFile zip = new ZipFile(file.toFile());
            try {
                return new BackupFile(named, zip, manifest(named, zip));
            } catch (IOException | RuntimeException e) {
                zip.close();
                throw e;
            }
        } catch (NoSuchFileException | FileNotFoundException e) {
            throw SnapshotException.invalidRequest("the backup does not exist")
                    .where(named.toString())
                    .expected("a file that 'snapshot backup' has written")
                    .nextStep("name the right file")
                    .build();
        } catch (ZipException e) {
            throw damaged(named, "no directory of members, as in a file that ends early");
        } catch (IOException e) {
            throw unreadable(named, e);
        }
    }

    /** Whether a file begins as a backup does. */
    public static boolean isBackup(Path file) throws IOException {
        byte[] mark = BackupWriter.MARK.getBytes(StandardCharsets.UTF_8);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(HEADER + mark.length);
            return head.length == HEADER + mark.length
                    && Arrays.equals(head, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)
                    && Arrays.equals(head, HEADER, head.length, mark, 0, mark.length);
        }
    }

    private static Manifest manifest(Path named, ZipFile zip) throws IOException {
        ZipEntry entry = zip.getEntry(BackupWriter.MANIFEST);
        if (entry == null) {
            throw damaged(named, "no member " + BackupWriter.MANIFEST);
        }
        byte[] json;
        // The size is a claim of the file, so the reading ends at the limit as well.
        if (entry.getSize() > MANIFEST_BYTES) {
            throw tooLarge(named);
        }
        try (InputStream in = zip.getInputStream(entry)) {
            json = in.readNBytes(MANIFEST_BYTES + 1);
        } catch (ZipException e) {
            throw damaged(named, "a damaged member " + BackupWriter.MANIFEST);
        }
        if (json.length > MANIFEST_BYTES) {
            throw tooLarge(named);
        }
        CRC32 sum = new CRC32();
        sum.update(json);
        if (sum.getValue() != entry.getCrc()) {
            throw damaged(named, "a damaged member " + BackupWriter.MANIFEST);
        }
        try {
            Manifest manifest = Manifest.parse(json)
                    .orElseThrow(() -> SnapshotException.invalidRequest("the backup has another format")
                            .where(named.toString())
                            .expected(Manifest.FORMAT)
                            .nextStep("restore it with the release of the program that wrote it, or a later one")
                            .build());
            for (Store store : Store.values()) {
                manifest.of(store);
            }
            return manifest;
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(named, "a member " + BackupWriter.MANIFEST + " without the fields of a description");
        }
    }

    Manifest manifest() {
        return manifest;
    }

    /** The contents in numbers. */
    public BackupSummary summary() {
        return BackupSummary.of(manifest);
    }

    /**
     * Reads all members and compares them with the description.
     *
     * @throws SnapshotException CORRUPT naming the first member that differs; UNAVAILABLE if the file cannot be read
     */
    public void check() {
        Set<String> expected = new HashSet<>(List.of(BackupWriter.MARK, BackupWriter.MANIFEST));
        byte[] buffer = new byte[BUFFER];
        for (Manifest.Member member : manifest.members()) {
            expected.add(member.name());
            MessageDigest digest = Sha256.digest();
            long bytes = 0;
            try (InputStream in = open(member.name())) {
                // A few bytes may become many, so the reading ends where the member is too long.
                for (int read = in.read(buffer); read >= 0 && bytes <= member.bytes(); read = in.read(buffer)) {
                    digest.update(buffer, 0, read);
                    bytes += read;
                }
            } catch (ZipException e) {
                throw damaged(named, "member " + member.name() + " is damaged");
            } catch (IOException e) {
                // A stream that ends early is an EOFException of the inflater.
                throw e instanceof EOFException
                        ? damaged(named, "member " + member.name() + " ends early")
                        : unreadable(named, e);
            }
            if (bytes != member.bytes()
                    || !HexFormat.of().formatHex(digest.digest()).equals(member.sha256())) {
                throw damaged(named, "member " + member.name() + " has another size or SHA-256 than the description");
            }
        }
        try (Stream<? extends ZipEntry> entries = zip.stream()) {
            entries.map(ZipEntry::getName)
                    .filter(name -> !expected.contains(name))
                    .findFirst()
                    .ifPresent(name -> {
                        throw damaged(named, "a member '" + name + "' that the description does not have");
                    });
        }
        for (Store store : Store.values()) {
            for (Manifest.TableRows table : manifest.of(store).tables()) {
                if (!expected.contains(table.member())) {
                    throw damaged(named, "no member " + table.member());
                }
            }
        }
    }

    /** Opens a member. The caller closes it. */
    InputStream open(String member) throws IOException {
        ZipEntry entry = zip.getEntry(member);
        if (entry == null) {
            throw damaged(named, "no member " + member);
        }
        return zip.getInputStream(entry);
    }

    Path named() {
        return named;
    }

    static SnapshotException unreadable(Path named, IOException cause) {
        return SnapshotException.unavailable("the backup cannot be read")
                .where(named.toString())
                .actual(cause)
                .nextStep("check that it is a file, and its permissions")
                .cause(cause)
                .build();
    }

    private static SnapshotException tooLarge(Path named) {
        return damaged(named, "a member " + BackupWriter.MANIFEST + " of more than " + MANIFEST_BYTES + " bytes");
    }

    private static SnapshotException damaged(Path named, String actual) {
        return SnapshotException.corrupt("the backup is damaged or incomplete")
                .where(named.toString())
                .actual(actual)
                .expected("all members as they were written")
                .nextStep("nothing was restored: take another copy of it, or an earlier backup")
                .build();
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw unreadable(named, e);
        }
    }
}
