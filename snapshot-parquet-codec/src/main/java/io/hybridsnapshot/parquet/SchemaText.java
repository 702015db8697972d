package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A schema as one text, kept in the footer because Parquet's own types hold less information. Each column is one line:
 * the type's text form, a space, the name. In the name a backslash, control characters and surrogates are written as
 * {@code \}{@code uXXXX}. Every name is therefore one line of UTF-8, and no two names have the same text.
 */
final class SchemaText {
    private static final int ESCAPE_LENGTH = 6;

    private SchemaText() {}

    static String write(Schema schema) {
        StringBuilder text = new StringBuilder();
        for (Column column : schema.columns()) {
            text.append(column.type()).append(' ');
            String name = column.name();
            for (int i = 0; i < name.length(); i++) {
                char c = name.charAt(i);
                if (c < ' ' || c == '\\' || Character.isSurrogate(c)) {
                    text.append("\\u").append(HexFormat.of().withUpperCase().toHexDigits(c));
                } else {
                    text.append(c);
                }
            }
            text.append('\n');
        }
        return text.toString();
    }

    /**
     * The inverse of {@link #write}.
     *
     * @throws RuntimeException if the text is no schema
     */
    static Schema read(String text) {
        List<Column> columns = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int space = text.indexOf(' ', at);
            int end = text.indexOf('\n', space);
            if (space < 0 || end < 0) {
                throw new IllegalArgumentException("a schema line ends too early");
            }
            columns.add(new Column(unescaped(text, space + 1, end), ColumnType.parse(text.substring(at, space))));
            at = end + 1;
        }
        return Schema.of(columns);
    }

    private static String unescaped(String text, int from, int to) {
        StringBuilder name = new StringBuilder(to - from);
        int at = from;
        while (at < to) {
            char c = text.charAt(at);
            if (c == '\\') {
                name.append((char) Integer.parseInt(text.substring(at + 2, at + ESCAPE_LENGTH), 16));
                at += ESCAPE_LENGTH;
            } else {
                name.append(c);
                at++;
            }
        }
        return name.toString();
    }
}
