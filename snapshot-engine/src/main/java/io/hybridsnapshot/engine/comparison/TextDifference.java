package io.hybridsnapshot.engine.comparison;

/** A kind of difference between two texts that a comparison may forgive. NULL and a text always differ. */
public enum TextDifference {
    /** Upper and lower case, by Unicode's case mapping without a language. {@code Straße} and {@code STRASSE} match. */
    CASE,
    /**
     * White space (Unicode's White_Space property): white space at the ends, and the kind and length of white space
     * between other characters. A blank and nothing between two characters still differ.
     */
    SPACE
}
