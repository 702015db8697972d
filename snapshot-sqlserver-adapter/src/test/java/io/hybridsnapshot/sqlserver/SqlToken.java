package io.hybridsnapshot.sqlserver;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A token of T-SQL. The kinds distinguish only words, strings and quoted names; comments and blanks are dropped.
 *
 * @param kind the kind of token
 * @param text the text in the source
 * @param line its line, from 1
 */
public record SqlToken(Kind kind, String text, int line) {
    public enum Kind {
        /** A keyword, an unquoted name, {@code #temporary}. */
        WORD,
        /** {@code [name]} or {@code "name"}. */
        QUOTED_NAME,
        /** {@code @variable} or {@code @@FUNCTION}. */
        VARIABLE,
        /** {@code 'text'} or {@code N'text'}. */
        STRING,
        NUMBER,
        SYMBOL
    }

    private static final List<String> LONG_SYMBOLS =
            List.of("<>", "<=", ">=", "!=", "!<", "!>", "+=", "-=", "*=", "/=", "||", "::", "&&", "==", "->");

    /** Whether the token is this keyword, in any case. */
    public boolean is(String word) {
        return kind == Kind.WORD && text.equalsIgnoreCase(word);
    }

    public boolean isSymbol(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }

    /** The keyword in upper case; empty for anything else. */
    public String keyword() {
        return kind == Kind.WORD ? text.toUpperCase(Locale.ROOT) : "";
    }

    boolean isName() {
        return kind == Kind.WORD || kind == Kind.QUOTED_NAME;
    }

    static SqlToken word(String text, int line) {
        return new SqlToken(Kind.WORD, text, line);
    }

    static SqlToken symbol(String text, int line) {
        return new SqlToken(Kind.SYMBOL, text, line);
    }

    /** Tokens as text, a blank between each two. */
    static String text(List<SqlToken> tokens) {
        return String.join(" ", tokens.stream().map(SqlToken::text).toList());
    }

    /**
     * The tokens of a text.
     *
     * @throws IllegalArgumentException if a string, a name or a comment does not end
     */
    public static List<SqlToken> of(String text) {
        List<SqlToken> tokens = new ArrayList<>();
        int at = 0;
        int line = 1;
        while (at < text.length()) {
            int end = end(text, at, line);
            if (!isDropped(text, at)) {
                tokens.add(new SqlToken(kind(text, at), text.substring(at, end), line));
            }
            line += (int) text.substring(at, end).chars().filter(c -> c == '\n').count();
            at = end;
        }
        return tokens;
    }

    private static boolean isDropped(String text, int at) {
        return Character.isWhitespace(text.charAt(at)) || text.startsWith("--", at) || text.startsWith("/*", at);
    }

    private static Kind kind(String text, int at) {
        char c = text.charAt(at);
        if (c == '[' || c == '"') {
            return Kind.QUOTED_NAME;
        }
        if (c == '\'' || isUnicodeString(text, at)) {
            return Kind.STRING;
        }
        if (c == '@') {
            return Kind.VARIABLE;
        }
        if (Character.isDigit(c)) {
            return Kind.NUMBER;
        }
        return isWordPart(c) ? Kind.WORD : Kind.SYMBOL;
    }

    private static boolean isUnicodeString(String text, int at) {
        return text.startsWith("N'", at) || text.startsWith("n'", at);
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '#' || c == '@' || c == '$';
    }

    /** The end of the token, blank or comment that begins at a position. */
    private static int end(String text, int at, int line) {
        char c = text.charAt(at);
        if (Character.isWhitespace(c)) {
            return at + 1;
        }
        if (text.startsWith("--", at)) {
            int end = text.indexOf('\n', at);
            return end < 0 ? text.length() : end;
        }
        if (text.startsWith("/*", at)) {
            return endOfComment(text, at, line);
        }
        if (c == '[') {
            return endOfQuoted(text, at + 1, ']', line);
        }
        if (c == '"') {
            return endOfQuoted(text, at + 1, '"', line);
        }
        if (c == '\'') {
            return endOfQuoted(text, at + 1, '\'', line);
        }
        if (isUnicodeString(text, at)) {
            return endOfQuoted(text, at + 2, '\'', line);
        }
        if (Character.isDigit(c)) {
            int end = at;
            while (end < text.length() && (isWordPart(text.charAt(end)) || text.charAt(end) == '.')) {
                end++;
            }
            return end;
        }
        if (isWordPart(c)) {
            int end = at;
            while (end < text.length() && isWordPart(text.charAt(end))) {
                end++;
            }
            return end;
        }
        for (String symbol : LONG_SYMBOLS) {
            if (text.startsWith(symbol, at)) {
                return at + symbol.length();
            }
        }
        return at + 1;
    }

    /** Comments of this kind nest. */
    private static int endOfComment(String text, int from, int line) {
        int depth = 0;
        int at = from;
        while (at < text.length()) {
            if (text.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (text.startsWith("*/", at)) {
                depth--;
                at += 2;
                if (depth == 0) {
                    return at;
                }
            } else {
                at++;
            }
        }
        throw new IllegalArgumentException("line " + line + ": a comment does not end");
    }

    /** A doubled closing character stands for itself. */
    private static int endOfQuoted(String text, int from, char close, int line) {
        for (int at = from; at < text.length(); at++) {
            if (text.charAt(at) == close) {
                if (at + 1 < text.length() && text.charAt(at + 1) == close) {
                    at++;
                } else {
                    return at + 1;
                }
            }
        }
        throw new IllegalArgumentException("line " + line + ": no closing " + close);
    }

    /** Where strings, names and comments of several lines go on: whether each line of a text begins outside of them. */
    static List<Boolean> startsOutside(String text) {
        List<Boolean> outside = new ArrayList<>();
        outside.add(true);
        int at = 0;
        int line = 1;
        while (at < text.length()) {
            int end = end(text, at, line);
            boolean whole = end - at == 1 || text.startsWith("--", at);
            for (int i = at; i < end; i++) {
                if (text.charAt(i) == '\n') {
                    outside.add(whole);
                    line++;
                }
            }
            at = end;
        }
        return outside;
    }
}
