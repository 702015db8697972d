package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * What this codec keeps in a footer's key-value metadata beside the caller's texts. {@code hybridsnapshot.check} ties the notes to
 * the very rows they were written with ({@code rows:end of the row groups:CRC-32 of all other notes}): other programs copy the notes
 * of a file that they rewrite, and exact values by row ordinal are wrong there.
 */
final class FooterNotes {
    private static final String PREFIX = "hybridsnapshot.";
    private static final String SCHEMA = PREFIX + "schema";
    private static final String EXACT = PREFIX + "exact";
    private static final String CHECK = PREFIX + "check";

    private FooterNotes() {}

    /**
     * Refuses texts that a file cannot keep.
     *
     * @throws SnapshotException INVALID_REQUEST naming the key
     */
    static void requireKeepable(Map<String, String> metadata) {
        metadata.forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                throw SnapshotException.invalidRequest("this metadata key is reserved")
                        .actual("'" + key + "'")
                        .expected("a key that does not start with " + PREFIX)
                        .build();
            }
            if (!StandardCharsets.UTF_8.newEncoder().canEncode(key + value)) {
                throw SnapshotException.invalidRequest("a metadata text is not well-formed Unicode")
                        .where("key '" + key + "'")
                        .expected("no lone surrogate")
                        .build();
            }
        });
    }

    /** All notes of a file of so many rows whose row groups end at a position. */
    static Map<String, String> write(
            Map<String, String> metadata, Schema schema, String exactValues, long rows, long rowGroupsEnd) {
        Map<String, String> notes = new TreeMap<>(metadata);
        notes.put(SCHEMA, SchemaText.write(schema));
        if (!exactValues.isEmpty()) {
            notes.put(EXACT, exactValues);
        }
        notes.put(CHECK, rows + ":" + rowGroupsEnd + ":" + checksum(notes));
        return notes;
    }

    /** Whether this codec wrote the notes, be it for this file or for one that another program rewrote. */
    static boolean present(Map<String, String> notes) {
        return notes.containsKey(CHECK) && notes.containsKey(SCHEMA);
    }

    /** Whether the notes are whole, whatever file they belong to. */
    static boolean whole(Map<String, String> notes) {
        String check = notes.get(CHECK);
        return check.substring(check.lastIndexOf(':') + 1).equals(checksum(notes));
    }

    /** Whether the notes were written for rows that are so many and end there. */
    static boolean belongTo(Map<String, String> notes, long rows, long rowGroupsEnd) {
        return notes.get(CHECK).startsWith(rows + ":" + rowGroupsEnd + ":");
    }

    static Schema schema(Map<String, String> notes) {
        return SchemaText.read(notes.get(SCHEMA));
    }

    static Map<Integer, ExactValues> exactValues(Map<String, String> notes) {
        return ExactValues.read(notes.getOrDefault(EXACT, ""));
    }

    /** The caller's texts. */
    static Map<String, String> metadata(Map<String, String> notes) {
        Map<String, String> metadata = new HashMap<>();
        notes.forEach((key, value) -> {
            if (!key.startsWith(PREFIX) && value != null) {
                metadata.put(key, value);
            }
        });
        return Map.copyOf(metadata);
    }

    private static String checksum(Map<String, String> notes) {
        CRC32 crc = new CRC32();
        new TreeMap<>(notes).forEach((key, value) -> {
            if (!key.equals(CHECK)) {
                byte[] bytes = (key.length() + ":" + key + String.valueOf(value).length() + ":" + value)
                        .getBytes(StandardCharsets.UTF_8);
                crc.update(bytes);
            }
        });
        return Long.toHexString(crc.getValue());
    }
}
