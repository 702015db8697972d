package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.domain.schema.Schema;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The Python pipeline's ways of hashing a row: SHA-256 over the texts of its cells, joined with {@code |} ({@code
 * docs/row-encoding.md}, Legacy specs). They serve to take over a window that the pipeline wrote, and are never used
 * for new snapshots. Other rows of the same read shape the texts, and two different rows may have one hash.
 */
public enum LegacySpec {
    /** {@code _generate_row_hash}: every column but {@link #LEFT_OUT}, by name; a missing value is an empty text. */
    PY_A(MissingValue.EMPTY, WhiteSpace.KEPT),
    /** {@code calculate_row_hash}: as {@link #PY_A}, with white space at both ends of each text removed. */
    PY_B(MissingValue.EMPTY, WhiteSpace.STRIPPED),
    /** The manager's: the columns {@link #MANAGER_COLUMNS} alone; a missing value appears as Python prints it. */
    PY_C(MissingValue.PRINTED, WhiteSpace.KEPT);

    /** The columns that {@link #PY_A} and {@link #PY_B} leave out. */
    public static final Set<String> LEFT_OUT = Set.of("record_uuid", "snapshot_date", "customer_filter");

    /** The columns of {@link #PY_C}, in the order in which they are hashed. */
    public static final List<String> MANAGER_COLUMNS = List.of("AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE");

    /** The replacements for a missing value. */
    enum MissingValue {
        /** Nothing. */
        EMPTY,
        /** {@code None}, {@code nan} or {@code NaT}, as the column's inferred type has it. */
        PRINTED
    }

    /** The treatments of white space at the ends of a text. */
    enum WhiteSpace {
        /** It stays. */
        KEPT,
        /** White space is removed, as by Python's {@code strip()}. */
        STRIPPED
    }

    private final MissingValue missingValue;
    private final WhiteSpace whiteSpace;

    LegacySpec(MissingValue missingValue, WhiteSpace whiteSpace) {
        this.missingValue = missingValue;
        this.whiteSpace = whiteSpace;
    }

    /** Returns the name that {@link #parse} reads: {@code legacy-py-a} and so on. */
    public String id() {
        return "legacy-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Returns the spec of an {@link #id()}.
     *
     * @throws SnapshotException INVALID_REQUEST naming the nearest one
     */
    public static LegacySpec parse(String text) {
        List<String> ids = Arrays.stream(values()).map(LegacySpec::id).toList();
        int index = ids.indexOf(text);
        if (index >= 0) {
            return values()[index];
        }
        throw SnapshotException.invalidRequest("unknown legacy hash spec")
                .actual("'" + text + "'")
                .expected(String.join(", ", ids.subList(0, ids.size() - 1)) + " or " + ids.get(ids.size() - 1)
                        + NearestName.among(ids, text)
                                .map(nearest -> " (did you mean '" + nearest + "'?)")
                                .orElse(""))
                .nextStep("name the hash spec of the rows in the window")
                .build();
    }

    MissingValue missingValue() {
        return missingValue;
    }

    WhiteSpace whiteSpace() {
        return whiteSpace;
    }

    /**
     * Returns the hashed columns of a table, in the order of hashing. The order is that of the names' code points,
     * which equals the order of their UTF-8 bytes, but not that of UTF-16.
     *
     * @throws SnapshotException INVALID_REQUEST if a column that the spec names is not there
     */
    List<String> columns(Schema schema) {
        if (this == PY_C) {
            MANAGER_COLUMNS.forEach(column -> requireColumn(schema, column));
            return MANAGER_COLUMNS;
        }
        return schema.names().stream()
                .filter(name -> !LEFT_OUT.contains(name))
                .sorted((a, b) ->
                        Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    private void requireColumn(Schema schema, String column) {
        if (schema.find(column).isEmpty()) {
            throw SnapshotException.invalidRequest("the source lacks a column that " + id() + " hashes")
                    .where("column '" + column + "'")
                    .expected(String.join(", ", MANAGER_COLUMNS)
                            + NearestName.among(schema.names(), column)
                                    .map(nearest -> " (the source has '" + nearest + "')")
                                    .orElse(""))
                    .nextStep("name the hash spec of these rows, or read the column under this name")
                    .build();
        }
    }
}
