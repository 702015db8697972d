package io.hybridsnapshot.jdbc.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a table's name with its catalogue and schema. Stateless. */
final class TableName {
    private TableName() {}

    /**
     * The parts of {@code sales.orders}. A part in double quotes may hold dots, and quotes that are doubled; empty: the
     * text is no name.
     */
    static Optional<List<String>> parse(String text) {
        List<String> parts = new ArrayList<>();
        int at = 0;
        while (at <= text.length()) {
            StringBuilder part = new StringBuilder();
            if (at < text.length() && text.charAt(at) == '"') {
                at = quoted(text, at + 1, part);
            } else {
                while (at < text.length() && text.charAt(at) != '.' && text.charAt(at) != '"') {
                    part.append(text.charAt(at++));
                }
            }
            if (part.toString().isBlank() || at > text.length() || at < text.length() && text.charAt(at) != '.') {
                return Optional.empty();
            }
            parts.add(part.toString());
            at++;
        }
        return Optional.of(List.copyOf(parts));
    }

    /** The place behind the closing quote; behind the text's end if there is none. */
    private static int quoted(String text, int start, StringBuilder part) {
        int at = start;
        while (at < text.length()) {
            if (text.charAt(at) != '"') {
                part.append(text.charAt(at++));
            } else if (text.startsWith("\"\"", at)) {
                part.append('"');
                at += 2;
            } else {
                return at + 1;
            }
        }
        return text.length() + 1;
    }
}
