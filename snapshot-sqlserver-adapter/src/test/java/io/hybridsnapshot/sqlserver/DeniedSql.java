package io.hybridsnapshot.sqlserver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Words that no statement of this project may hold outside of strings, comments and quoted names. They are words of
 * other databases that the grammar takes for names or accepts, features that came after SQL Server 2017, and legal
 * constructs that are wrong here. Stateless.
 */
final class DeniedSql {
    /** The server refuses more parameters than that; the driver needs a few of its own. */
    private static final int MOST_BINDS = 2_098;

    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("LIMIT", "TOP or OFFSET … FETCH"),
            Map.entry("ILIKE", "LIKE with a collation"),
            Map.entry("RETURNING", "OUTPUT"),
            Map.entry("TRUE", "1 or 1 = 1"),
            Map.entry("FALSE", "0 or 1 = 0"),
            Map.entry("BOOLEAN", "BIT"),
            Map.entry("SERIAL", "IDENTITY"),
            Map.entry("BIGSERIAL", "IDENTITY"),
            Map.entry("BYTEA", "VARBINARY"),
            Map.entry("JSONB", "NVARCHAR(MAX)"),
            Map.entry("TIMESTAMPTZ", "DATETIMEOFFSET"),
            Map.entry("NTEXT", "NVARCHAR(MAX)"),
            Map.entry("LATERAL", "CROSS APPLY"),
            Map.entry("RECURSIVE", "WITH alone"),
            Map.entry("CONCURRENTLY", "WITH (ONLINE = ON)"),
            Map.entry("CURRENT_DATE", "CAST(SYSUTCDATETIME() AS DATE)"),
            Map.entry("INTERVAL", "DATEADD"),
            Map.entry("NOLOCK", "a read that sees committed rows"),
            Map.entry("READUNCOMMITTED", "a read that sees committed rows"),
            Map.entry("UNCOMMITTED", "a read that sees committed rows"));

    private static final Map<String, String> FUNCTIONS = Map.ofEntries(
            Map.entry("NOW", "SYSUTCDATETIME()"),
            Map.entry("CHAR_LENGTH", "LEN"),
            Map.entry("CHARACTER_LENGTH", "LEN"),
            Map.entry("LENGTH", "LEN"),
            Map.entry("SUBSTR", "SUBSTRING"),
            Map.entry("NVL", "COALESCE"),
            Map.entry("IFNULL", "COALESCE"),
            Map.entry("EXTRACT", "DATEPART"),
            Map.entry("POSITION", "CHARINDEX"),
            Map.entry("GEN_RANDOM_UUID", "NEWID()"),
            Map.entry("DATE_TRUNC", "an expression that SQL Server 2017 has"),
            Map.entry("DATETRUNC", "an expression that SQL Server 2017 has"),
            Map.entry("GREATEST", "CASE, since SQL Server 2017 has it not"),
            Map.entry("LEAST", "CASE, since SQL Server 2017 has it not"),
            Map.entry("GENERATE_SERIES", "a table of numbers, since SQL Server 2017 has it not"),
            Map.entry("JSON_OBJECT", "FOR JSON, since SQL Server 2017 has it not"),
            Map.entry("JSON_ARRAY", "FOR JSON, since SQL Server 2017 has it not"));

    /** Types that mean 30 characters or bytes, or one, if no length is given. */
    private static final Set<String> SIZED = Set.of("VARCHAR", "NVARCHAR", "CHAR", "NCHAR", "BINARY", "VARBINARY");

    private final List<SqlToken> tokens;
    private final List<String> faults = new ArrayList<>();

    private DeniedSql(List<SqlToken> tokens) {
        this.tokens = tokens;
    }

    /** The denied words among the tokens of a batch, each with its line. */
    static List<String> in(List<SqlToken> tokens) {
        DeniedSql denied = new DeniedSql(tokens);
        for (int i = 0; i < tokens.size(); i++) {
            denied.look(i);
        }
        long binds = tokens.stream().filter(token -> token.isSymbol("?")).count();
        if (binds > MOST_BINDS) {
            denied.faults.add(binds + " binds; a statement takes " + MOST_BINDS);
        }
        return denied.faults;
    }

    private SqlToken at(int i) {
        return i >= 0 && i < tokens.size() ? tokens.get(i) : SqlToken.symbol("", 0);
    }

    private void deny(int i, String what, String instead) {
        faults.add("line " + at(i).line() + ": " + what + " is not for SQL Server here; use " + instead);
    }

    private void look(int i) {
        SqlToken token = at(i);
        if (token.kind() == SqlToken.Kind.SYMBOL) {
            symbol(i, token.text());
        } else if (token.kind() == SqlToken.Kind.WORD && !at(i - 1).isSymbol(".")) {
            word(i, token.keyword());
        }
    }

    private void symbol(int i, String symbol) {
        switch (symbol) {
            case "||" -> deny(i, "||", "+ or CONCAT");
            case "&&" -> deny(i, "&&", "AND");
            case "==" -> deny(i, "==", "=");
            case "->" -> deny(i, "->", "JSON_VALUE");
            case "`" -> deny(i, "a backtick", "brackets");
            case "::" -> {
                // OBJECT::name is how securables are named.
                if (!Set.of("OBJECT", "SCHEMA", "DATABASE", "ROLE", "TYPE")
                        .contains(at(i - 1).keyword())) {
                    deny(i, "::", "CAST");
                }
            }
            case "*" -> {
                boolean all =
                        Set.of("SELECT", "DISTINCT", "ALL").contains(at(i - 1).keyword());
                boolean ofAlias = at(i - 1).isSymbol(".");
                boolean afterTop = at(i - 1).isSymbol(")") && at(i - 4).is("TOP");
                if (all || ofAlias || afterTop) {
                    deny(i, "SELECT *", "the columns' names");
                }
            }
            case "," -> {
                if (at(i + 1).isSymbol("*")) {
                    deny(i, "SELECT *", "the columns' names");
                }
            }
            case "(" -> {
                if (at(i - 1).is("IN") && at(i + 1).isSymbol(")")) {
                    deny(i, "an empty IN ()", "1 = 0");
                }
                rowValue(i);
            }
            case "$" -> deny(i, "a numbered bind", "?");
            case ":" -> deny(i, "a named bind", "?");
            default -> {
                // Every other symbol is the grammar's to judge.
            }
        }
    }

    /** {@code (a, b) = (c, d)} and {@code (a, b) IN …}. */
    private void rowValue(int open) {
        int depth = 0;
        boolean comma = false;
        for (int i = open; i < tokens.size(); i++) {
            SqlToken token = at(i);
            depth += token.isSymbol("(") ? 1 : token.isSymbol(")") ? -1 : 0;
            comma |= depth == 1 && token.isSymbol(",");
            if (depth == 0) {
                SqlToken next = at(i + 1);
                boolean compared = next.isSymbol("=")
                        || next.isSymbol("<>")
                        || next.isSymbol("<")
                        || next.isSymbol(">")
                        || next.is("IN");
                boolean call = at(open - 1).isName()
                        && !Set.of("WHERE", "AND", "OR", "NOT", "ON", "WHEN")
                                .contains(at(open - 1).keyword());
                if (comma && compared && !call) {
                    deny(open, "a row value", "a comparison of each column");
                }
                return;
            }
        }
    }

    private void word(int i, String word) {
        SqlToken next = at(i + 1);
        if (WORDS.containsKey(word)) {
            deny(i, word, WORDS.get(word));
        }
        if (next.isSymbol("(") && FUNCTIONS.containsKey(word)) {
            deny(i, word + "()", FUNCTIONS.get(word));
        }
        switch (word) {
            case "FOR" -> {
                if (next.is("UPDATE") || next.is("SHARE")) {
                    deny(i, "FOR " + next.keyword(), "the hints UPDLOCK, HOLDLOCK");
                }
            }
            case "ON" -> {
                if (next.is("CONFLICT") || next.is("DUPLICATE")) {
                    deny(i, "ON " + next.keyword(), "UPDATE, then INSERT … WHERE NOT EXISTS");
                }
            }
            case "MERGE" -> {
                if (!next.is("JOIN") && !next.is("UNION")) {
                    deny(i, "MERGE", "UPDATE, DELETE and INSERT");
                }
            }
            case "NULLS" -> {
                if (next.is("FIRST") || next.is("LAST")) {
                    deny(i, "NULLS " + next.keyword(), "CASE WHEN … IS NULL");
                }
            }
            case "IS" -> {
                int distinct = next.is("NOT") ? i + 2 : i + 1;
                if (at(distinct).is("DISTINCT")) {
                    deny(i, "IS DISTINCT FROM", "EXISTS (… EXCEPT …), since SQL Server 2017 has it not");
                }
            }
            case "COMMENT" -> {
                if (next.is("ON")) {
                    deny(i, "COMMENT ON", "MS_Description");
                }
            }
            case "IF" -> {
                boolean created = at(i - 2).is("CREATE")
                        || at(i - 1).is("ADD")
                        || at(i - 1).is("COLUMN");
                if (created && next.is("NOT")) {
                    deny(i, "CREATE … IF NOT EXISTS", "IF OBJECT_ID(…) IS NULL");
                }
            }
            case "TEMPORARY", "TEMP" -> {
                if (next.is("TABLE")) {
                    deny(i, word + " TABLE", "a name that begins with #");
                }
            }
            case "USING" -> {
                if (next.isSymbol("(")) {
                    deny(i, "JOIN … USING", "ON");
                }
            }
            default -> unsized(i, word);
        }
    }

    /** A cast to VARCHAR alone cuts at 30 characters. */
    private void unsized(int i, String word) {
        boolean cast = at(i - 1).is("AS") || at(i - 1).isSymbol("(") && isConversion(at(i - 2));
        boolean declared =
                at(i - 1).kind() == SqlToken.Kind.VARIABLE || at(i - 1).kind() == SqlToken.Kind.QUOTED_NAME;
        if (SIZED.contains(word) && (cast || declared) && !at(i + 1).isSymbol("(")) {
            deny(i, word + " without a length", word + "(n)");
        }
    }

    private static boolean isConversion(SqlToken token) {
        return token.is("CONVERT") || token.is("TRY_CONVERT");
    }
}
