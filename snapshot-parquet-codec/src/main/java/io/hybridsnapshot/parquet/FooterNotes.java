package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * This codec's own entries in a footer's key-value metadata, beside the caller's texts. Other programs copy the notes
 * into files derived from ours, where they are wrong. Notes therefore count only under a {@link FooterSeal}.
 */
final class FooterNotes {
    private static final String PREFIX = "hybridsnapshot.";
    private static final String SCHEMA = PREFIX + "schema";
    private static final String EXACT = PREFIX + "exact";

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

    /** All notes of a file. */
    static Map<String, String> write(Map<String, String> metadata, Schema schema, String exactValues) {
        Map<String, String> notes = new TreeMap<>(metadata);
        notes.put(SCHEMA, SchemaText.write(schema));
        if (!exactValues.isEmpty()) {
            notes.put(EXACT, exactValues);
        }
        return notes;
    }

    /** Whether there are notes of this codec, for this file or for one that another program rewrote. */
    static boolean present(Map<String, String> notes) {
        return notes.containsKey(SCHEMA);
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
}
