package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.schema.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How the rows of a dataset are hashed: the encoding's version and the rules per column. Hashes are compared only where their
 * specs have one {@link #id()}. Immutable.
 *
 * @param rules the rules by column name; columns without rules are hashed as they are
 */
public record HashSpec(Map<String, ColumnRules> rules) {
    /** HSR1 without rules. */
    public static final HashSpec HSR1 = new HashSpec(Map.of());

    /** Columns that belong to the platform and are never part of a row hash. */
    public static final Set<String> SYSTEM_COLUMNS = Set.of(
            "record_uuid",
            "snapshot_date",
            "customer_filter",
            "row_hash",
            "batch_id",
            "records_count",
            "parquet_archive_id");

    public HashSpec {
        TreeMap<String, ColumnRules> sorted = new TreeMap<>();
        rules.forEach((column, rule) -> {
            if (!rule.equals(ColumnRules.NONE)) {
                sorted.put(column, rule);
            }
        });
        rules = Collections.unmodifiableMap(sorted);
    }

    /**
     * The name under which hashes may be compared: {@code hsr1}, or {@code hsr1-} and the first 16 hex digits of SHA-256 over
     * the rules (each column name and each rule's text preceded by its length in UTF-8 bytes as four big-endian bytes, columns
     * in order of their UTF-16 units).
     */
    public String id() {
        if (rules.isEmpty()) {
            return "hsr1";
        }
        MessageDigest digest = Sha256.digest();
        rules.forEach((column, rule) -> {
            update(digest, column);
            update(digest, String.join(";", rule.texts()));
        });
        return "hsr1-" + HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    /** The rules of a column, {@link ColumnRules#NONE} where there are none. */
    public ColumnRules rulesOf(String column) {
        return rules.getOrDefault(column, ColumnRules.NONE);
    }

    /** The same, leaving these columns out of the row hash as well; another spec with another id. */
    public HashSpec ignoring(Collection<String> columns) {
        Map<String, ColumnRules> extended = new TreeMap<>(rules);
        for (String column : columns) {
            extended.put(column, rulesOf(column).with(ColumnRules.Flag.IGNORE));
        }
        return new HashSpec(extended);
    }

    /** Whether a column of this name is part of the row hash. */
    public boolean covers(String column) {
        return !SYSTEM_COLUMNS.contains(column) && !rulesOf(column).has(ColumnRules.Flag.IGNORE);
    }

    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }
}
