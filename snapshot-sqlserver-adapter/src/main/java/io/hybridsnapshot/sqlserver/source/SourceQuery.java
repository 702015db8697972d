package io.hybridsnapshot.sqlserver.source;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A user's query, parsed as far as necessary. In a derived table, T-SQL allows neither WITH nor OPTION, and ORDER BY
 * only beside TOP or OFFSET. Comments are removed, and quotes and parentheses are balanced; the server judges the text
 * in between. Within the parentheses of a derived table its grammar takes exactly one SELECT: neither a second
 * statement nor one that changes data. Immutable.
 */
final class SourceQuery {
    private static final String SOURCE = "\n) AS [source]";

    private final String with;
    private final String body;
    private final String option;
    private final boolean ordered;

    private SourceQuery(String with, String body, String option, boolean ordered) {
        this.with = with;
        this.body = body;
        this.option = option;
        this.ordered = ordered;
    }

    /**
     * Parses a query.
     *
     * @throws SnapshotException INVALID_REQUEST if the query is empty, more than one statement or no SELECT, or if a
     *     quote, comment or parenthesis is not closed
     */
    static SourceQuery of(String description, String query) {
        return new Parser(description, query).parse();
    }

    /** Whether the query defines the order of its rows. */
    boolean isOrdered() {
        return ordered;
    }

    /** A statement that has the query's columns and no rows. */
    String describing() {
        return selecting("*", Optional.of("1 = 0"));
    }

    /** The same for a query with an ORDER BY that the server takes in a derived table only beside an OFFSET. */
    String describingOrdered() {
        return with + "SELECT * FROM (" + body + "\nOFFSET 0 ROWS" + SOURCE + " WHERE 1 = 0" + option;
    }

    /** A statement that reads some columns of the query, in no order. */
    String selecting(String columns, Optional<String> condition) {
        return with + "SELECT " + columns + " FROM (" + body + SOURCE
                + condition.map(text -> " WHERE " + text).orElse("") + option;
    }

    /** The query itself, with all its columns in its own order. */
    String whole() {
        return with + body + option;
    }

    private enum Kind {
        WORD,
        QUOTED,
        STRING,
        OPEN,
        CLOSE,
        SEMICOLON,
        OTHER
    }

    /** A piece of the text without comments, from {@code start} to {@code end}, within {@code depth} parentheses. */
    private record Token(Kind kind, String text, int start, int end, int depth) {
        boolean is(String keyword) {
            return kind == Kind.WORD && text.equalsIgnoreCase(keyword);
        }

        boolean is(Kind wanted) {
            return kind == wanted;
        }
    }

    /** Reads the tokens of T-SQL as far as quotes, comments and parentheses go. */
    private static final class Parser {
        private final String description;
        private final String query;
        private final StringBuilder text = new StringBuilder();
        private final List<Token> tokens = new ArrayList<>();
        private int at;
        private int depth;

        Parser(String description, String query) {
            this.description = description;
            this.query = query;
        }

        SourceQuery parse() {
            readTokens();
            int first = 0;
            int last = tokens.size();
            while (first < last && tokens.get(first).is(Kind.SEMICOLON)) {
                first++;
            }
            while (last > first && tokens.get(last - 1).is(Kind.SEMICOLON)) {
                last--;
            }
            if (first == last) {
                throw wrong("the query is empty").build();
            }
            List<Token> statement = tokens.subList(first, last);
            if (statement.stream().anyMatch(token -> token.is(Kind.SEMICOLON))) {
                throw wrong("the query is more than one statement")
                        .nextStep("leave one SELECT and take the rest out")
                        .build();
            }
            int main = statement.get(0).is("WITH") ? afterWith(statement) : 0;
            Token start = main < statement.size() ? statement.get(main) : statement.get(0);
            if (!start.is("SELECT") && !start.is(Kind.OPEN)) {
                throw wrong("the query is no SELECT")
                        .actual("'" + start.text() + "'")
                        .nextStep("write a SELECT; what a procedure returns has to be in a table or a function")
                        .build();
            }
            int option = option(statement, main);
            boolean ordered =
                    statement.subList(main, option).stream().anyMatch(token -> token.depth() == 0 && token.is("ORDER"));
            return new SourceQuery(
                    main == 0 ? "" : piece(statement, 0, main) + "\n",
                    piece(statement, main, option),
                    option == statement.size() ? "" : "\n" + piece(statement, option, statement.size()),
                    ordered);
        }

        private String piece(List<Token> statement, int from, int to) {
            return text.substring(
                    statement.get(from).start(), statement.get(to - 1).end());
        }

        /** The start of the main SELECT, after {@code WITH name (columns) AS (query), …}. */
        private int afterWith(List<Token> statement) {
            int i = 1;
            while (true) {
                boolean namespaces = i < statement.size() && statement.get(i).is("XMLNAMESPACES");
                i++;
                if (i < statement.size() && statement.get(i).is(Kind.OPEN)) {
                    i = behindParentheses(statement, i);
                }
                if (!namespaces) {
                    if (i + 1 >= statement.size()
                            || !statement.get(i).is("AS")
                            || !statement.get(i + 1).is(Kind.OPEN)) {
                        throw wrong("the query's WITH is not complete")
                                .expected("WITH name AS (SELECT …) SELECT …")
                                .nextStep("correct the query")
                                .build();
                    }
                    i = behindParentheses(statement, i + 1);
                }
                if (i >= statement.size() || !statement.get(i).text().equals(",")) {
                    return i;
                }
                i++;
            }
        }

        private static int behindParentheses(List<Token> statement, int open) {
            int level = statement.get(open).depth();
            int i = open + 1;
            while (!(statement.get(i).is(Kind.CLOSE) && statement.get(i).depth() == level)) {
                i++;
            }
            return i + 1;
        }

        /** The index of OPTION (…), which MUST be the last clause. The statement's size if there is none. */
        private int option(List<Token> statement, int main) {
            for (int i = main; i < statement.size(); i++) {
                if (statement.get(i).depth() == 0 && statement.get(i).is("OPTION")) {
                    if (i > main
                            && i + 1 < statement.size()
                            && statement.get(i + 1).is(Kind.OPEN)
                            && behindParentheses(statement, i + 1) == statement.size()) {
                        return i;
                    }
                    throw wrong("the query's OPTION is not its end")
                            .expected("SELECT … OPTION (…)")
                            .nextStep("correct the query")
                            .build();
                }
            }
            return statement.size();
        }

        private void readTokens() {
            while (at < query.length()) {
                char c = query.charAt(at);
                if (query.startsWith("--", at)) {
                    skipLine();
                } else if (query.startsWith("/*", at)) {
                    skipComment();
                } else if (c == '\'') {
                    quoted(Kind.STRING, '\'');
                } else if (c == '"') {
                    quoted(Kind.QUOTED, '"');
                } else if (c == '[') {
                    quoted(Kind.QUOTED, ']');
                } else if (isWord(c)) {
                    word();
                } else if (c == '(') {
                    add(Kind.OPEN, at + 1, depth++);
                } else if (c == ')') {
                    if (depth == 0) {
                        throw wrong("the query has a parenthesis that nobody opened")
                                .actual("')' at character " + (at + 1))
                                .nextStep("correct the query")
                                .build();
                    }
                    add(Kind.CLOSE, at + 1, --depth);
                } else if (c == ';') {
                    add(Kind.SEMICOLON, at + 1, depth);
                } else if (Character.isWhitespace(c)) {
                    text.append(c);
                    at++;
                } else {
                    add(Kind.OTHER, at + 1, depth);
                }
            }
            if (depth > 0) {
                throw unclosed("parenthesis", query.length());
            }
        }

        private void add(Kind kind, int end, int tokenDepth) {
            int start = text.length();
            String piece = query.substring(at, end);
            text.append(piece);
            tokens.add(new Token(kind, piece, start, text.length(), tokenDepth));
            at = end;
        }

        private void word() {
            int end = at;
            while (end < query.length() && isWord(query.charAt(end))) {
                end++;
            }
            add(Kind.WORD, end, depth);
        }

        private static boolean isWord(char c) {
            return Character.isLetterOrDigit(c)
                    || Character.isSurrogate(c)
                    || c == '_'
                    || c == '@'
                    || c == '#'
                    || c == '$';
        }

        /** To the closing quote; two of them stand for one. */
        private void quoted(Kind kind, char close) {
            int end = at + 1;
            while (true) {
                end = query.indexOf(close, end);
                if (end < 0) {
                    throw unclosed("quote", at);
                }
                end++;
                if (end == query.length() || query.charAt(end) != close) {
                    add(kind, end, depth);
                    return;
                }
                end++;
            }
        }

        private void skipLine() {
            while (at < query.length() && query.charAt(at) != '\n' && query.charAt(at) != '\r') {
                at++;
            }
            text.append('\n');
        }

        /** Comments nest. */
        private void skipComment() {
            int start = at;
            int open = 0;
            do {
                if (query.startsWith("/*", at)) {
                    open++;
                    at += 2;
                } else if (query.startsWith("*/", at)) {
                    open--;
                    at += 2;
                } else if (at < query.length()) {
                    at++;
                } else {
                    throw unclosed("comment", start);
                }
            } while (open > 0);
            text.append(' ');
        }

        private SnapshotException unclosed(String what, int position) {
            return wrong("the query has a " + what + " that is not closed")
                    .actual("character " + (position + 1))
                    .nextStep("close it")
                    .build();
        }

        private SnapshotException.Builder wrong(String problem) {
            return SnapshotException.invalidRequest(problem).where(description);
        }
    }
}
