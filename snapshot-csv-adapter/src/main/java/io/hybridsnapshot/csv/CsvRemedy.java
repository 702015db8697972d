package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.Remedy;

/** The remedies that only this module's texts refer to. */
public enum CsvRemedy implements Remedy {
    /** To set another separator; a verb phrase. */
    SEPARATOR("set the format's separator"),
    /** To name the encoding of the file; a verb phrase. */
    ENCODING("set the format's encoding"),
    /** To say that the file has no header; a verb phrase. */
    HEADER("read it as a file without a header"),
    /** To give another date format; a verb phrase, followed by the format. */
    DATE_FORMAT("set the format's dates to"),
    /** To give all columns a type, so that no type is inferred; a verb phrase. */
    TYPES("declare a default type");

    private final String words;

    CsvRemedy(String words) {
        this.words = words;
    }

    @Override
    public String words() {
        return words;
    }
}
