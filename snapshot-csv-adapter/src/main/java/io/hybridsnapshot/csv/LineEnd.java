package io.hybridsnapshot.csv;

/** The end of a line of a CSV file. */
public enum LineEnd {
    /** One line feed. */
    LF("\n"),
    /** Carriage return and line feed, as RFC 4180 has it. */
    CRLF("\r\n");

    private final String characters;

    LineEnd(String characters) {
        this.characters = characters;
    }

    String characters() {
        return characters;
    }
}
