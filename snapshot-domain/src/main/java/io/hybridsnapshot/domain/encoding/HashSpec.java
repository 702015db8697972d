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
import java.util.TreeSet;

/**
 * The rules by which the rows of a dataset are hashed: the encoding's version, the columns that are left out, and the
 * rules per column. Hashes are compared only if their specs have the same {@link #id()}. Immutable.
 *
 * @param rules the rules by column name; columns without rules are hashed as they are
 * @param leftOut columns that are not part of a row hash; a table need not have them
 * @param commonForms columns whose cells are encoded in a form that two types share, for one comparison alone; no
 *     stored hash has any
 */
public record HashSpec(Map<String, ColumnRules> rules, Set<String> leftOut, Map<String, CommonForm> commonForms) {
    /**
     * The columns that belong to the platform. They are left out for every dataset with a definition that does not list
     * the columns to leave out.
     */
    public static final Set<String> SYSTEM_COLUMNS = Set.of(
            "record_uuid",
            "snapshot_date",
            "customer_filter",
            "row_hash",
            "batch_id",
            "records_count",
            "parquet_archive_id");

    /** HSR1 without rules; leaves out the {@link #SYSTEM_COLUMNS}. */
    public static final HashSpec HSR1 = new HashSpec(Map.of());

    /** HSR1 over every column, without rules. */
    public static final HashSpec ALL_COLUMNS = new HashSpec(Map.of(), Set.of(), Map.of());

    public HashSpec {
        TreeMap<String, ColumnRules> sorted = new TreeMap<>();
        rules.forEach((column, rule) -> {
            if (!rule.equals(ColumnRules.NONE)) {
                sorted.put(column, rule);
            }
        });
        rules = Collections.unmodifiableMap(sorted);
        leftOut = Collections.unmodifiableSet(new TreeSet<>(leftOut));
        commonForms = Collections.unmodifiableMap(new TreeMap<>(commonForms));
    }

    /** HSR1 with rules; leaves out the {@link #SYSTEM_COLUMNS}. */
    public HashSpec(Map<String, ColumnRules> rules) {
        this(rules, SYSTEM_COLUMNS, Map.of());
    }

    /**
     * Returns the name under which hashes may be compared. The name is {@code hsr1} if there are no rules and the
     * {@link #SYSTEM_COLUMNS} are left out. Otherwise the name is {@code hsr1-} and the first 16 hex digits of SHA-256
     * over pairs of texts. Each text is preceded by its length in UTF-8 bytes as four big-endian bytes. The pairs are
     * each column with its rules' text, in order of the names' UTF-16 units. If other columns than the {@link
     * #SYSTEM_COLUMNS} are left out, a pair of empty texts follows, and then an empty text with each column that is
     * left out.
     */
    public String id() {
        boolean leavesOutSystemColumns = leftOut.equals(SYSTEM_COLUMNS);
        if (rules.isEmpty() && leavesOutSystemColumns && commonForms.isEmpty()) {
            return "hsr1";
        }
        MessageDigest digest = Sha256.digest();
        rules.forEach((column, rule) -> {
            update(digest, column);
            update(digest, String.join(";", rule.texts()));
        });
        // No column has an empty name, so these pairs cannot be confused with rules.
        if (!leavesOutSystemColumns) {
            update(digest, "");
            update(digest, "");
            leftOut.forEach(column -> {
                update(digest, "");
                update(digest, column);
            });
        }
        commonForms.forEach((column, form) -> {
            update(digest, "");
            update(digest, column + "=" + form);
        });
        return "hsr1-" + HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    /** Returns the rules of a column, {@link ColumnRules#NONE} where there are none. */
    public ColumnRules rulesOf(String column) {
        return rules.getOrDefault(column, ColumnRules.NONE);
    }

    /** Returns the same spec, leaving these columns out of the row hash by a rule; another spec with another id. */
    public HashSpec ignoring(Collection<String> columns) {
        Map<String, ColumnRules> extended = new TreeMap<>(rules);
        for (String column : columns) {
            extended.put(column, rulesOf(column).with(ColumnRules.Flag.IGNORE));
        }
        return new HashSpec(extended, leftOut, commonForms);
    }

    /**
     * Returns the same rules, leaving these columns out of the row hash and no others; another spec with another id.
     */
    public HashSpec leavingOut(Collection<String> columns) {
        return new HashSpec(rules, new TreeSet<>(columns), commonForms);
    }

    /** Returns the same spec with some columns encoded in a form that two types share. */
    public HashSpec inCommonForms(Map<String, CommonForm> forms) {
        return new HashSpec(rules, leftOut, forms);
    }

    /** Checks whether a column of this name is part of the row hash. */
    public boolean covers(String column) {
        return !leftOut.contains(column) && !rulesOf(column).has(ColumnRules.Flag.IGNORE);
    }

    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }
}
