package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;

/**
 * The form in which cells of two types are encoded for a comparison, if the row encoding distinguishes equal values of
 * the two.
 */
public enum CommonForm {
    /**
     * The exact number; a binary floating-point cell counts as its shortest decimal text. NaN and the infinities equal
     * no exact number. A {@code scale} rule applies.
     */
    NUMBER,
    /**
     * The canonical text ({@link io.hybridsnapshot.domain.batch.CellText}). Rules for texts apply to cells that are
     * texts; no other rule applies.
     */
    TEXT;

    /** Returns the form for two types that are not comparable as they are. */
    public static CommonForm of(ColumnType before, ColumnType after) {
        return isNumber(before.kind()) && isNumber(after.kind()) ? NUMBER : TEXT;
    }

    private static boolean isNumber(TypeKind kind) {
        return kind.isExactNumber() || kind.isFloat();
    }
}
