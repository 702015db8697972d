package io.hybridsnapshot.excel;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Checks the parts of a workbook against the lengths and checksums of its archive, and the size of the shared texts
 * against a limit. The reader of sheets does neither. Stateless.
 */
final class WorkbookCheck {
    /** Shared texts are in memory. So many bytes of XML are some millions of texts. */
    static final long MAX_SHARED_TEXT_BYTES = 512L << 20;

    private static final int BUFFER = 1 << 16;

    private WorkbookCheck() {}

    static void requireIntact(ExcelFile file) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (ZipFile archive = ZipFile.builder().setPath(file.path()).get()) {
            for (ZipArchiveEntry part : Collections.list(archive.getEntries())) {
                // Pictures and the like are not read.
                String name = part.getName().toLowerCase(Locale.ROOT);
                if (name.endsWith(".xml") || name.endsWith(".rels")) {
                    requireIntact(file, archive, part, name.endsWith("sharedstrings.xml"), buffer);
                }
            }
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            throw file.damage(String.valueOf(e.getMessage()), e);
        }
    }

    private static void requireIntact(
            ExcelFile file, ZipFile archive, ZipArchiveEntry part, boolean sharedTexts, byte[] buffer)
            throws IOException {
        if (!archive.canReadEntryData(part)) {
            throw file.damage(part.getName() + ", which is encrypted or compressed in an unknown way", null);
        }
        CRC32 checksum = new CRC32();
        long length = 0;
        try (InputStream in = archive.getInputStream(part)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                checksum.update(buffer, 0, count);
                length += count;
                if (sharedTexts && length > MAX_SHARED_TEXT_BYTES) {
                    throw tooManyTexts(file);
                }
            }
        }
        if (length != part.getSize() || checksum.getValue() != part.getCrc()) {
            throw file.damage(part.getName() + ", whose length or checksum is another", null);
        }
    }

    private static SnapshotException tooManyTexts(ExcelFile file) {
        return SnapshotException.invalidRequest("the workbook has too many texts")
                .where(file.place())
                .actual("more than " + MAX_SHARED_TEXT_BYTES + " bytes of shared texts")
                .expected("at most " + MAX_SHARED_TEXT_BYTES + ", because they are in memory")
                .nextStep("save the sheet as CSV")
                .build();
    }
}
