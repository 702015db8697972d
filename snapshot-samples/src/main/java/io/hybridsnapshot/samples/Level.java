package io.hybridsnapshot.samples;

/** What the value of a column belongs to: rows of one order, style, colour or customer agree on its columns. */
enum Level {
    ROW,
    ORDER,
    STYLE,
    COLOUR,
    CUSTOMER
}
