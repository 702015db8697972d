package io.hybridsnapshot.report;

/**
 * JSON texts that are safe within an HTML page and within a script: no character of them ends an element, starts a
 * comment or changes the direction of what follows. Stateless.
 */
final class JsonText {
    private JsonText() {}

    /** Appends a JSON string with its quotes. */
    static void append(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (isUnsafe(text, i)) {
                        json.append("\\u").append(HEX[c >> 12]).append(HEX[c >> 8 & 15]);
                        json.append(HEX[c >> 4 & 15]).append(HEX[c & 15]);
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }

    static String of(String text) {
        StringBuilder json = new StringBuilder(text.length() + 2);
        append(json, text);
        return json.toString();
    }

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private static boolean isUnsafe(String text, int at) {
        char c = text.charAt(at);
        if (c < 0x20 || c == '<' || c == '>' || c == '&') {
            return true;
        }
        if (c < 0x7F) {
            return false;
        }
        if (Character.isSurrogate(c)) {
            boolean paired = Character.isHighSurrogate(c)
                    ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                    : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
            return !paired;
        }
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
