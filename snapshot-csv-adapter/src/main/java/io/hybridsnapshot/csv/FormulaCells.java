package io.hybridsnapshot.csv;

/** The treatment of text cells that a spreadsheet program would take for a formula. */
public enum FormulaCells {
    /** They are written unchanged, so that the file reads back exactly. */
    KEPT,
    /** An apostrophe is put before them, so that they are shown as text; the file then does not read back exactly. */
    MARKED
}
