package io.hybridsnapshot.sqlserver;

import io.hybridsnapshot.sqlserver.SqlToken.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Splits a batch: blocks, branches and procedures into statements, and those into parts that the grammar knows
 * ({@link GrammarGap}). Semicolons separate statements of more than one word. One batch, one thread.
 */
final class BatchCheck {
    /** The words that may begin a statement, and thus end a condition. */
    private static final Set<String> BEGINNINGS = Set.of(
            "ALTER",
            "BEGIN",
            "BREAK",
            "CLOSE",
            "COMMIT",
            "CONTINUE",
            "CREATE",
            "DEALLOCATE",
            "DECLARE",
            "DELETE",
            "DENY",
            "DROP",
            "EXEC",
            "EXECUTE",
            "FETCH",
            "GRANT",
            "IF",
            "INSERT",
            "OPEN",
            "PRINT",
            "RAISERROR",
            "RETURN",
            "REVOKE",
            "ROLLBACK",
            "SELECT",
            "SET",
            "THROW",
            "TRUNCATE",
            "UPDATE",
            "WHILE");

    private static final Set<String> TABLE_HINTS = Set.of(
            "TABLOCK",
            "TABLOCKX",
            "HOLDLOCK",
            "SERIALIZABLE",
            "UPDLOCK",
            "XLOCK",
            "ROWLOCK",
            "PAGLOCK",
            "READPAST",
            "READCOMMITTED",
            "READCOMMITTEDLOCK",
            "REPEATABLEREAD",
            "NOWAIT",
            "FORCESEEK",
            "FORCESCAN",
            "KEEPIDENTITY",
            "KEEPDEFAULTS");

    private static final Set<String> QUERY_HINTS = Set.of(
            "RECOMPILE",
            "HASH JOIN",
            "MERGE JOIN",
            "LOOP JOIN",
            "HASH GROUP",
            "ORDER GROUP",
            "CONCAT UNION",
            "HASH UNION",
            "MERGE UNION",
            "FORCE ORDER",
            "KEEP PLAN",
            "KEEPFIXED PLAN",
            "OPTIMIZE FOR UNKNOWN",
            "MAXDOP n",
            "MAXRECURSION n");

    /** Options of a session, with the values that they take; n is a number. */
    private static final Map<String, Set<String>> OPTIONS = Map.ofEntries(
            Map.entry("XACT_ABORT", Set.of("ON", "OFF")),
            Map.entry("NOCOUNT", Set.of("ON", "OFF")),
            Map.entry("ANSI_NULLS", Set.of("ON")),
            Map.entry("ANSI_PADDING", Set.of("ON")),
            Map.entry("ANSI_WARNINGS", Set.of("ON", "OFF")),
            Map.entry("ARITHABORT", Set.of("ON")),
            Map.entry("CONCAT_NULL_YIELDS_NULL", Set.of("ON")),
            Map.entry("QUOTED_IDENTIFIER", Set.of("ON")),
            Map.entry("IMPLICIT_TRANSACTIONS", Set.of("ON", "OFF")),
            Map.entry("LOCK_TIMEOUT", Set.of("n")),
            Map.entry("DEADLOCK_PRIORITY", Set.of("LOW", "NORMAL", "HIGH", "n")));

    private static final int FIRST_ERROR = 50_000;

    private final List<SqlToken> tokens;
    private final List<String> faults = new ArrayList<>();
    /** In the case of the server's default collation, which takes no account of it. */
    private final Set<String> declared = new TreeSet<>();

    private int at;

    BatchCheck(List<SqlToken> tokens) {
        this.tokens = tokens;
    }

    /** The faults of the batch, each with its line. */
    List<String> faults() {
        if (isProcedure(0)) {
            procedure();
        } else if (isMade(0, "TRIGGER")) {
            trigger();
        } else if (isMade(0, "VIEW")) {
            view();
        }
        while (at < tokens.size()) {
            statement();
        }
        return faults;
    }

    // The shell

    private SqlToken token(int i) {
        return i >= 0 && i < tokens.size()
                ? tokens.get(i)
                : SqlToken.symbol("", tokens.get(tokens.size() - 1).line());
    }

    private boolean isProcedure(int i) {
        return isMade(i, "PROCEDURE") || isMade(i, "PROC");
    }

    private boolean isMade(int i, String what) {
        boolean made = token(i).is("CREATE") || token(i).is("ALTER");
        return made && token(kindAt(i)).is(what);
    }

    /** The place of the kind of object that a CREATE, an ALTER or a CREATE OR ALTER makes. */
    private int kindAt(int i) {
        return token(i + 1).is("OR") && token(i + 2).is("ALTER") ? i + 3 : i + 1;
    }

    private void fault(SqlToken where, String text) {
        faults.add("line " + where.line() + ": " + text);
    }

    private boolean take(String word) {
        if (token(at).is(word)) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(String word) {
        if (!take(word)) {
            fault(token(at), "expected " + word + ", found '" + token(at).text() + "'");
            at = tokens.size();
        }
    }

    private void procedure() {
        int start = at;
        int as = start;
        while (as < tokens.size() && !token(as).is("AS")) {
            if (token(as).kind() == Kind.VARIABLE) {
                declare(token(as));
            }
            as++;
        }
        List<SqlToken> head = new ArrayList<>(tokens.subList(start, as));
        SqlToken last = token(as - 1);
        head.add(SqlToken.word("AS", last.line()));
        head.add(SqlToken.word("SELECT", last.line()));
        head.add(SqlToken.word("1", last.line()));
        parse(head);
        at = as;
        expect("AS");
        if (at >= tokens.size()) {
            fault(last, "a procedure without a body");
        }
    }

    /** {@code CREATE OR ALTER TRIGGER name ON table AFTER INSERT, UPDATE AS} and a body of statements. */
    private void trigger() {
        SqlToken first = token(at);
        at = name(kindAt(at) + 1);
        expect("ON");
        at = name(at);
        if (token(at).is("INSTEAD") && token(at + 1).is("OF")) {
            at += 2;
        } else {
            expect("AFTER");
        }
        boolean more = true;
        while (more) {
            if (!token(at).is("INSERT") && !token(at).is("UPDATE") && !token(at).is("DELETE")) {
                fault(
                        token(at),
                        "a trigger is for INSERT, UPDATE or DELETE, found '"
                                + token(at).text() + "'");
                at = tokens.size();
                return;
            }
            at++;
            more = token(at).isSymbol(",");
            at += more ? 1 : 0;
        }
        expect("AS");
        if (at >= tokens.size()) {
            fault(first, "a trigger without a body");
        }
    }

    /** {@code CREATE OR ALTER VIEW name AS} and one query, alone in its batch. */
    private void view() {
        SqlToken first = token(at);
        at = name(kindAt(at) + 1);
        expect("AS");
        if (!token(at).is("SELECT") || end(at) < tokens.size() - 1) {
            fault(first, "a view is one query, alone in its batch");
            at = tokens.size();
        }
    }

    /** The place behind a name and its qualifiers. */
    private int name(int from) {
        int i = from;
        if (!token(i).isName()) {
            fault(token(i), "expected a name, found '" + token(i).text() + "'");
            return tokens.size();
        }
        i++;
        while (token(i).isSymbol(".") && token(i + 1).isName()) {
            i += 2;
        }
        return i;
    }

    private void statement() {
        while (token(at).isSymbol(";")) {
            at++;
        }
        if (at >= tokens.size()) {
            return;
        }
        SqlToken first = token(at);
        SqlToken second = token(at + 1);
        if (first.is("IF") || first.is("WHILE")) {
            at++;
            condition(first);
            statement();
            int beforeElse = token(at).isSymbol(";") ? at + 1 : at;
            if (first.is("IF") && token(beforeElse).is("ELSE")) {
                at = beforeElse + 1;
                statement();
            }
        } else if (first.is("BEGIN") && !second.is("TRAN") && !second.is("TRANSACTION")) {
            block(first, second);
        } else if (isProcedure(at) || isMade(at, "TRIGGER") || isMade(at, "VIEW")) {
            fault(first, "a procedure, a trigger or a view has to be the first statement of its batch");
            at = tokens.size();
        } else {
            int end = end(at);
            leaf(tokens.subList(at, end));
            at = end;
        }
    }

    private void block(SqlToken first, SqlToken second) {
        boolean guarded = second.is("TRY") || second.is("CATCH");
        at += guarded ? 2 : 1;
        while (at < tokens.size() && !token(at).is("END")) {
            statement();
            while (token(at).isSymbol(";")) {
                at++;
            }
        }
        if (at >= tokens.size()) {
            fault(first, "BEGIN without END");
            return;
        }
        at++;
        if (guarded) {
            expect(second.keyword());
        }
    }

    /** From behind IF or WHILE to the statement that depends on it. */
    private void condition(SqlToken keyword) {
        int start = at;
        int depth = 0;
        int cases = 0;
        while (at < tokens.size()) {
            SqlToken token = token(at);
            depth += depthOf(token);
            cases += caseOf(token, cases);
            if (depth == 0 && cases == 0 && at > start && BEGINNINGS.contains(token.keyword())) {
                break;
            }
            if (token.isSymbol(";")) {
                break;
            }
            at++;
        }
        if (at == start || at >= tokens.size() || token(at).isSymbol(";")) {
            fault(keyword, keyword.keyword() + " without a condition or a statement");
            at = tokens.size();
            return;
        }
        List<SqlToken> condition = tokens.subList(start, at);
        requireDeclared(condition);
        parse(around("SELECT CASE WHEN", condition, "THEN 1 END"));
    }

    private static int depthOf(SqlToken token) {
        return token.isSymbol("(") ? 1 : token.isSymbol(")") ? -1 : 0;
    }

    private static int caseOf(SqlToken token, int open) {
        return token.is("CASE") ? 1 : token.is("END") && open > 0 ? -1 : 0;
    }

    /**
     * The end of the statement that begins at {@code start}: a semicolon, or the place where the surrounding block
     * continues.
     */
    private int end(int start) {
        int depth = 0;
        int cases = 0;
        for (int i = start; i < tokens.size(); i++) {
            SqlToken token = token(i);
            depth += depthOf(token);
            boolean blockGoesOn = cases == 0 && (token.is("END") || token.is("ELSE"));
            if (depth == 0 && (token.isSymbol(";") || blockGoesOn && i > start)) {
                return i;
            }
            cases += caseOf(token, cases);
        }
        return tokens.size();
    }

    // Statements

    private void leaf(List<SqlToken> statement) {
        SqlToken first = statement.get(0);
        switch (first.keyword()) {
            case "DECLARE" -> declaration(first, statement.subList(1, statement.size()));
            case "SET" -> setting(statement);
            case "EXEC", "EXECUTE" -> call(first, statement.subList(1, statement.size()));
            case "THROW" -> error(first, statement.subList(1, statement.size()));
            case "OPEN", "CLOSE", "DEALLOCATE" -> {
                if (statement.size() != 2 || !statement.get(1).isName()) {
                    fault(first, first.keyword() + " takes a cursor's name");
                }
            }
            case "FETCH" -> fetch(first, statement);
            case "BREAK", "CONTINUE" -> {
                if (statement.size() != 1) {
                    fault(first, first.keyword() + " stands alone");
                }
            }
            case "RETURN", "PRINT" -> {
                if (statement.size() > 1) {
                    value(first, statement.subList(1, statement.size()));
                } else if (first.is("PRINT")) {
                    fault(first, "PRINT without a text");
                }
            }
            default -> {
                requireDeclared(statement);
                counts(statement);
                parse(statement);
            }
        }
    }

    private void declare(SqlToken variable) {
        if (!declared.add(variable.text().toLowerCase(Locale.ROOT))) {
            fault(variable, variable.text() + " is declared twice in its batch");
        }
    }

    private void requireDeclared(List<SqlToken> part) {
        for (SqlToken token : part) {
            boolean own = token.kind() == Kind.VARIABLE && !token.text().startsWith("@@");
            if (own && !declared.contains(token.text().toLowerCase(Locale.ROOT))) {
                fault(token, token.text() + " is not declared in its batch");
            }
        }
    }

    private void value(SqlToken where, List<SqlToken> expression) {
        if (expression.isEmpty()) {
            fault(where, "a value is missing");
            return;
        }
        requireDeclared(expression);
        parse(around("SELECT", expression, ""));
    }

    private void declaration(SqlToken where, List<SqlToken> rest) {
        if (rest.isEmpty()) {
            fault(where, "DECLARE of nothing");
            return;
        }
        if (rest.get(0).kind() != Kind.VARIABLE) {
            cursor(where, rest);
            return;
        }
        for (List<SqlToken> one : split(rest, ",")) {
            if (one.size() < 2 || one.get(0).kind() != Kind.VARIABLE) {
                fault(where, "DECLARE takes @name and a type");
                continue;
            }
            declare(one.get(0));
            List<SqlToken> type = one.subList(one.get(1).is("AS") ? 2 : 1, one.size());
            if (type.get(0).is("TABLE")) {
                parse(around("CREATE TABLE t", type.subList(1, type.size()), ""));
                continue;
            }
            int equals = position(type, "=");
            parse(around("CREATE TABLE t ( a", type.subList(0, equals), ")"));
            if (equals < type.size()) {
                value(where, type.subList(equals + 1, type.size()));
            }
        }
    }

    private void cursor(SqlToken where, List<SqlToken> rest) {
        Set<String> kinds =
                Set.of("LOCAL", "GLOBAL", "FAST_FORWARD", "FORWARD_ONLY", "STATIC", "READ_ONLY", "KEYSET", "DYNAMIC");
        int i = 2;
        while (i < rest.size() && kinds.contains(rest.get(i).keyword())) {
            i++;
        }
        if (!rest.get(0).isName()
                || rest.size() < 3
                || !rest.get(1).is("CURSOR")
                || i >= rest.size()
                || !rest.get(i).is("FOR")) {
            fault(where, "expected DECLARE name CURSOR … FOR query");
            return;
        }
        List<SqlToken> query = rest.subList(i + 1, rest.size());
        if (query.isEmpty()) {
            fault(where, "a cursor without a query");
            return;
        }
        requireDeclared(query);
        parse(query);
    }

    private void fetch(SqlToken where, List<SqlToken> statement) {
        boolean shape = statement.size() >= 6
                && statement.get(1).is("NEXT")
                && statement.get(2).is("FROM")
                && statement.get(3).isName()
                && statement.get(4).is("INTO");
        if (!shape) {
            fault(where, "expected FETCH NEXT FROM cursor INTO variables");
            return;
        }
        for (List<SqlToken> target : split(statement.subList(5, statement.size()), ",")) {
            if (target.size() != 1 || target.get(0).kind() != Kind.VARIABLE) {
                fault(where, "FETCH … INTO takes variables");
            }
            requireDeclared(target);
        }
    }

    private void setting(List<SqlToken> statement) {
        SqlToken first = statement.get(0);
        if (statement.size() < 3) {
            fault(first, "SET without a value");
            return;
        }
        SqlToken what = statement.get(1);
        if (what.kind() == Kind.VARIABLE) {
            requireDeclared(List.of(what));
            if (!Set.of("=", "+=", "-=", "*=", "/=").contains(statement.get(2).text())) {
                fault(first, "SET @variable = value, found '" + statement.get(2).text() + "'");
            }
            value(first, statement.subList(3, statement.size()));
        } else if (what.is("TRANSACTION") || what.is("IDENTITY_INSERT")) {
            parse(statement);
        } else {
            Set<String> values = OPTIONS.getOrDefault(what.keyword(), Set.of());
            List<SqlToken> number = statement.subList(statement.get(2).isSymbol("-") ? 3 : 2, statement.size());
            boolean known = number.size() == 1
                    && (number.get(0).kind() == Kind.NUMBER
                            ? values.contains("n")
                            : values.contains(number.get(0).keyword()));
            if (!known) {
                fault(first, "not an option that is known here: " + SqlToken.text(statement));
            }
        }
    }

    /** {@code EXECUTE @result = schema.procedure @name = value, …}; a value is a constant or a variable. */
    private void call(SqlToken where, List<SqlToken> rest) {
        int i = 0;
        if (rest.size() > 2
                && rest.get(0).kind() == Kind.VARIABLE
                && rest.get(1).isSymbol("=")) {
            requireDeclared(rest.subList(0, 1));
            i = 2;
        }
        if (i >= rest.size() || !rest.get(i).isName()) {
            fault(where, "EXECUTE takes a procedure's name; text goes through sys.sp_executesql");
            return;
        }
        i++;
        while (i + 1 < rest.size()
                && rest.get(i).isSymbol(".")
                && rest.get(i + 1).isName()) {
            i += 2;
        }
        if (i == rest.size()) {
            return;
        }
        boolean named = false;
        for (List<SqlToken> argument : split(rest.subList(i, rest.size()), ",")) {
            boolean name = argument.size() > 2
                    && argument.get(0).kind() == Kind.VARIABLE
                    && argument.get(1).isSymbol("=");
            if (named && !name) {
                fault(where, "an argument without a name behind one with a name");
            }
            named |= name;
            constant(where, name ? argument.subList(2, argument.size()) : argument);
        }
    }

    private void constant(SqlToken where, List<SqlToken> argument) {
        List<SqlToken> value = new ArrayList<>(argument);
        if (!value.isEmpty()
                && (value.get(value.size() - 1).is("OUTPUT")
                        || value.get(value.size() - 1).is("OUT"))) {
            value.remove(value.size() - 1);
        }
        if (value.size() == 2 && value.get(0).isSymbol("-") && value.get(1).kind() == Kind.NUMBER) {
            return;
        }
        boolean constant = value.size() == 1
                && (Set.of(Kind.VARIABLE, Kind.STRING, Kind.NUMBER)
                                .contains(value.get(0).kind())
                        || value.get(0).isSymbol("?")
                        || value.get(0).is("NULL")
                        || value.get(0).is("DEFAULT"));
        if (!constant) {
            fault(where, "an argument has to be a constant or a variable, not '" + SqlToken.text(argument) + "'");
        }
        requireDeclared(value);
    }

    private void error(SqlToken where, List<SqlToken> rest) {
        if (rest.isEmpty()) {
            return;
        }
        List<List<SqlToken>> arguments = split(rest, ",");
        if (arguments.size() != 3) {
            fault(where, "THROW takes a number, a text and a state");
            return;
        }
        arguments.forEach(argument -> constant(where, argument));
        SqlToken number = arguments.get(0).get(0);
        if (number.kind() == Kind.NUMBER && Long.parseLong(number.text()) < FIRST_ERROR) {
            fault(where, "numbers of THROW begin at " + FIRST_ERROR + ", found " + number.text());
        }
    }

    /** As many values as columns: the grammar does not count. */
    private void counts(List<SqlToken> statement) {
        int into = -1;
        for (int i = 0; i < statement.size() && into < 0; i++) {
            into = statement.get(i).is("INTO") ? i : into;
        }
        if (!statement.get(0).is("INSERT") || into < 0) {
            return;
        }
        int open = into + 1;
        while (open < statement.size()
                && !(statement.get(open).isSymbol("(")
                        && !statement.get(open - 1).is("WITH"))) {
            if (statement.get(open).is("WITH")) {
                open = closing(statement, open + 1);
            }
            open++;
        }
        if (open >= statement.size()) {
            return;
        }
        int close = closing(statement, open);
        int columns = split(statement.subList(open + 1, close), ",").size();
        int i = close + 1;
        while (i < statement.size()
                && !statement.get(i).is("VALUES")
                && !statement.get(i).is("SELECT")) {
            i++;
        }
        if (i >= statement.size()) {
            return;
        }
        if (statement.get(i).is("SELECT")) {
            List<SqlToken> list = statement.subList(i + 1, listEnd(statement, i + 1));
            requireCount(statement.get(i), columns, split(list, ",").size());
            return;
        }
        for (int row = i + 1;
                row < statement.size() && statement.get(row).isSymbol("(");
                row = closing(statement, row) + 2) {
            List<SqlToken> values = statement.subList(row + 1, closing(statement, row));
            requireCount(statement.get(row), columns, split(values, ",").size());
        }
    }

    private void requireCount(SqlToken where, int columns, int values) {
        if (columns != values) {
            fault(where, columns + " columns, but " + values + " values");
        }
    }

    private static int listEnd(List<SqlToken> statement, int from) {
        int depth = 0;
        for (int i = from; i < statement.size(); i++) {
            depth += depthOf(statement.get(i));
            if (depth == 0
                    && Set.of("FROM", "WHERE", "UNION", "OPTION")
                            .contains(statement.get(i).keyword())) {
                return i;
            }
        }
        return statement.size();
    }

    /** The position of the parenthesis that closes the one at {@code open}. The last token if it is not closed. */
    private static int closing(List<SqlToken> statement, int open) {
        int depth = 0;
        for (int i = open; i < statement.size(); i++) {
            depth += depthOf(statement.get(i));
            if (depth == 0) {
                return i;
            }
        }
        return statement.size() - 1;
    }

    private static List<List<SqlToken>> split(List<SqlToken> part, String separator) {
        List<List<SqlToken>> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < part.size(); i++) {
            depth += depthOf(part.get(i));
            if (depth == 0 && part.get(i).isSymbol(separator)) {
                parts.add(part.subList(start, i));
                start = i + 1;
            }
        }
        parts.add(part.subList(start, part.size()));
        return parts;
    }

    private static int position(List<SqlToken> part, String symbol) {
        for (int i = 0; i < part.size(); i++) {
            if (part.get(i).isSymbol(symbol)) {
                return i;
            }
        }
        return part.size();
    }

    private static List<SqlToken> around(String before, List<SqlToken> part, String after) {
        List<SqlToken> all = new ArrayList<>();
        int line = part.isEmpty() ? 1 : part.get(0).line();
        SqlToken.of(before).forEach(token -> all.add(new SqlToken(token.kind(), token.text(), line)));
        all.addAll(part);
        SqlToken.of(after).forEach(token -> all.add(new SqlToken(token.kind(), token.text(), line)));
        return all;
    }

    // Statements for the grammar

    private void parse(List<SqlToken> statement) {
        List<SqlToken> bridged = withoutHints(statement);
        bridged = withoutCollations(bridged);
        bridged = withoutStringAgg(bridged);
        bridged = withoutRightsOnColumns(bridged);
        bridged = withoutUpdatedColumns(bridged);
        bridged = withCounts(bridged);
        Optional<String> complaint = SqlServerGrammar.complaint(SqlToken.text(bridged));
        complaint.ifPresent(text -> fault(statement.get(0), text + ", in: " + SqlToken.text(statement)));
    }

    private List<SqlToken> withoutHints(List<SqlToken> statement) {
        List<SqlToken> left = new ArrayList<>();
        for (int i = 0; i < statement.size(); i++) {
            SqlToken token = statement.get(i);
            boolean opens = i + 1 < statement.size() && statement.get(i + 1).isSymbol("(");
            if (opens && token.is("WITH") && isBehindTable(statement, i)) {
                int close = closing(statement, i + 1);
                for (List<SqlToken> hint : split(statement.subList(i + 2, close), ",")) {
                    if (!TABLE_HINTS.contains(SqlToken.text(hint).toUpperCase(Locale.ROOT))) {
                        fault(token, "not a table hint that is known here: " + SqlToken.text(hint));
                    }
                }
                i = close;
            } else if (opens && token.is("OPTION") && closing(statement, i + 1) == statement.size() - 1) {
                int close = closing(statement, i + 1);
                for (List<SqlToken> hint : split(statement.subList(i + 2, close), ",")) {
                    String text = SqlToken.text(hint).toUpperCase(Locale.ROOT).replaceAll("\\d+", "n");
                    if (!QUERY_HINTS.contains(text)) {
                        fault(token, "not a query hint that is known here: " + SqlToken.text(hint));
                    }
                }
                i = close;
            } else {
                left.add(token);
            }
        }
        return left;
    }

    /** Hints stand in the FROM of a query, and behind the table of INSERT and UPDATE. */
    private static boolean isBehindTable(List<SqlToken> statement, int with) {
        boolean dml = Set.of("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
                .contains(statement.get(0).keyword());
        SqlToken before = with > 0 ? statement.get(with - 1) : statement.get(with);
        boolean name = before.isName() && !BEGINNINGS.contains(before.keyword());
        if (!dml || !name) {
            return false;
        }
        // The name, its qualifiers and an alias lead back to the keyword that introduces a table.
        int i = with - 1;
        while (i > 0
                && (statement.get(i).isSymbol(".")
                        || isPlainName(statement.get(i))
                        || statement.get(i).is("AS"))) {
            i--;
        }
        SqlToken introduces = statement.get(i);
        return Set.of("FROM", "JOIN", "INTO", "UPDATE").contains(introduces.keyword()) || introduces.isSymbol(",");
    }

    private static boolean isPlainName(SqlToken token) {
        return token.isName()
                && !Set.of("FROM", "JOIN", "INTO", "UPDATE", "AS", "ON", "WHERE", "SELECT", "SET")
                        .contains(token.keyword());
    }

    private static List<SqlToken> withoutCollations(List<SqlToken> statement) {
        if (statement.get(0).is("CREATE") || statement.get(0).is("ALTER")) {
            return statement;
        }
        List<SqlToken> left = new ArrayList<>();
        for (int i = 0; i < statement.size(); i++) {
            SqlToken token = statement.get(i);
            boolean value = i > 0
                    && (statement.get(i - 1).isName()
                            || statement.get(i - 1).isSymbol(")")
                            || Set.of(Kind.STRING, Kind.VARIABLE)
                                    .contains(statement.get(i - 1).kind())
                            || statement.get(i - 1).isSymbol("?"));
            boolean collation = i + 1 < statement.size()
                    && (statement.get(i + 1).is("DATABASE_DEFAULT")
                            || statement.get(i + 1).text().matches("[A-Za-z0-9]+(_[A-Za-z0-9]+)+"));
            if (token.is("COLLATE") && value && collation) {
                i++;
            } else {
                left.add(token);
            }
        }
        return left;
    }

    private List<SqlToken> withoutStringAgg(List<SqlToken> statement) {
        List<SqlToken> left = new ArrayList<>();
        for (int i = 0; i < statement.size(); i++) {
            SqlToken token = statement.get(i);
            if (!token.is("STRING_AGG") || i + 1 >= statement.size()) {
                left.add(token);
                continue;
            }
            int close = closing(statement, i + 1);
            if (split(statement.subList(i + 2, close), ",").size() != 2) {
                fault(token, "STRING_AGG takes two arguments");
            }
            left.add(SqlToken.word("ISNULL", token.line()));
            left.addAll(statement.subList(i + 1, close + 1));
            boolean ordered = close + 3 < statement.size()
                    && statement.get(close + 1).is("WITHIN")
                    && statement.get(close + 2).is("GROUP");
            if (ordered) {
                int end = closing(statement, close + 3);
                parse(around("SELECT 1 FROM t", statement.subList(close + 4, end), ""));
                close = end;
            }
            i = close;
        }
        return left;
    }

    /** {@code COUNT_BIG(*) OVER (…)} has the shape of {@code ROW_NUMBER() OVER (…)}. */
    private static List<SqlToken> withCounts(List<SqlToken> statement) {
        List<SqlToken> left = new ArrayList<>();
        for (int i = 0; i < statement.size(); i++) {
            SqlToken token = statement.get(i);
            boolean counts = token.is("COUNT_BIG")
                    && i + 4 < statement.size()
                    && statement.get(i + 4).is("OVER");
            if (counts) {
                left.addAll(SqlToken.of("ROW_NUMBER()"));
                i += 3;
            } else {
                left.add(token);
            }
        }
        return left;
    }

    /** {@code UPDATE([column])} in the condition of a trigger. */
    private List<SqlToken> withoutUpdatedColumns(List<SqlToken> statement) {
        List<SqlToken> left = new ArrayList<>();
        for (int i = 0; i < statement.size(); i++) {
            SqlToken token = statement.get(i);
            boolean asked = i > 0
                    && token.is("UPDATE")
                    && i + 3 < statement.size()
                    && statement.get(i + 1).isSymbol("(")
                    && statement.get(i + 2).isName()
                    && statement.get(i + 3).isSymbol(")");
            if (asked) {
                left.addAll(SqlToken.of("1 = 1"));
                i += 3;
            } else {
                left.add(token);
            }
        }
        return left;
    }

    private List<SqlToken> withoutRightsOnColumns(List<SqlToken> statement) {
        int open = position(statement, "(");
        boolean rights =
                Set.of("GRANT", "DENY", "REVOKE").contains(statement.get(0).keyword());
        if (!rights || open == statement.size()) {
            return statement;
        }
        int close = closing(statement, open);
        for (List<SqlToken> column : split(statement.subList(open + 1, close), ",")) {
            if (column.size() != 1 || !column.get(0).isName()) {
                fault(statement.get(open), "expected names of columns");
            }
        }
        List<SqlToken> left = new ArrayList<>(statement.subList(0, open));
        left.addAll(statement.subList(close + 1, statement.size()));
        return left;
    }
}
