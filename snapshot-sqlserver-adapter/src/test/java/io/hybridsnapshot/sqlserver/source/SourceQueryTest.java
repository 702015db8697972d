package io.hybridsnapshot.sqlserver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.sqlserver.SqlServerGrammar;
import io.hybridsnapshot.sqlserver.TransactSql;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SourceQueryTest {
    @Test
    void aSelectBecomesADerivedTable() {
        SourceQuery query = query("SELECT a, b FROM dbo.t WHERE c = 'x;y)' ; ");
        assertEquals(
                "SELECT [b] FROM (SELECT a, b FROM dbo.t WHERE c = 'x;y)'\n) AS [source]",
                query.selecting("[b]", Optional.empty()));
        assertEquals(
                "SELECT [b] FROM (SELECT a, b FROM dbo.t WHERE c = 'x;y)'\n) AS [source] WHERE [a] < 3",
                query.selecting("[b]", Optional.of("[a] < 3")));
        assertEquals(
                "SELECT * FROM (SELECT a, b FROM dbo.t WHERE c = 'x;y)'\n) AS [source] WHERE 1 = 0",
                query.describing());
        assertFalse(query.isOrdered());
    }

    @Test
    void withStaysInFrontAndOptionAtTheEnd() {
        SourceQuery query = query(";WITH a (n, \"m)\") AS (SELECT 1, 2), [b ]](] AS (SELECT n FROM a)\nSELECT n FROM b"
                + " OPTION (MAXDOP 1, USE HINT ('x'));");
        assertEquals(
                "WITH a (n, \"m)\") AS (SELECT 1, 2), [b ]](] AS (SELECT n FROM a)\nSELECT * FROM (SELECT n FROM b\n)"
                        + " AS [source] WHERE 1 = 0\nOPTION (MAXDOP 1, USE HINT ('x'))",
                query.describing());
        assertEquals(
                "WITH XMLNAMESPACES ('u' AS p), c AS (SELECT 1 AS n)\nSELECT * FROM (SELECT n FROM c\n) AS [source]"
                        + " WHERE 1 = 0",
                query("WITH XMLNAMESPACES ('u' AS p), c AS (SELECT 1 AS n) SELECT n FROM c")
                        .describing());
    }

    @Test
    void aUnionInParenthesesIsAQuery() {
        assertEquals(
                "SELECT * FROM ((SELECT 1 AS n) UNION (SELECT 2)\n) AS [source] WHERE 1 = 0",
                query("(SELECT 1 AS n) UNION (SELECT 2)").describing());
    }

    @Test
    void anOrderIsThatOfTheWholeQueryAlone() {
        for (String ordered : List.of(
                "SELECT n FROM t ORDER BY n",
                "SELECT TOP (3) n FROM t order\nby n DESC",
                "WITH c AS (SELECT 1 AS n) SELECT n FROM c ORDER BY n OFFSET 1 ROWS OPTION (RECOMPILE)")) {
            assertTrue(query(ordered).isOrdered(), ordered);
        }
        for (String unordered : List.of(
                "SELECT ROW_NUMBER() OVER (ORDER BY n) AS r FROM t",
                "SELECT [order], \"ORDER\", '' AS x FROM t WHERE n = 'ORDER BY' -- ORDER BY",
                "SELECT n /* ORDER BY /* nested */ n */ FROM t",
                "WITH c AS (SELECT TOP 1 n FROM t ORDER BY n) SELECT n FROM c")) {
            assertFalse(query(unordered).isOrdered(), unordered);
        }
        SourceQuery query = query("SELECT n FROM t ORDER BY n OPTION (MAXDOP 1)");
        assertEquals("SELECT n FROM t ORDER BY n\nOPTION (MAXDOP 1)", query.whole());
        assertEquals(
                "SELECT * FROM (SELECT n FROM t ORDER BY n\nOFFSET 0 ROWS\n) AS [source] WHERE 1 = 0\nOPTION"
                        + " (MAXDOP 1)",
                query.describingOrdered());
    }

    @Test
    void commentsAreLeftOutAndQuotesAreNot() {
        assertEquals(
                "SELECT '--x' AS a,   [/*b] AS \"--c\" FROM t",
                query("-- first\nSELECT '--x' AS a, /* ) ' /* nested */ [ */ [/*b] AS \"--c\" FROM t -- ) it's")
                        .whole());
        assertEquals("SELECT 1 AS n\n\rFROM t", query("SELECT 1 AS n--\rFROM t").whole());
        assertEquals("SELECT N'it''s' AS n", query("SELECT N'it''s' AS n").whole());
    }

    @Test
    void whatIsNoSingleSelectIsRefused() {
        Map<String, String> wrong = Map.ofEntries(
                Map.entry("", "is empty"),
                Map.entry(" ;; -- nothing", "is empty"),
                Map.entry("SELECT 1 AS n; DROP TABLE t", "more than one statement"),
                Map.entry("SELECT 1 AS n; SELECT 2 AS n;", "more than one statement"),
                Map.entry("SELECT 1) AS q; DROP TABLE t; SELECT * FROM (SELECT 2", "nobody opened"),
                Map.entry("SELECT (1 AS n", "parenthesis that is not closed"),
                Map.entry("SELECT 'x AS n", "quote that is not closed"),
                Map.entry("SELECT [x]] AS n", "quote that is not closed"),
                Map.entry("SELECT 1 /* /* */ AS n", "comment that is not closed"),
                Map.entry("DELETE FROM t", "no SELECT"),
                Map.entry("EXEC dbo.p", "no SELECT"),
                Map.entry("dbo.p", "no SELECT"),
                Map.entry("WITH c AS (SELECT 1 AS n) DELETE FROM c", "no SELECT"),
                Map.entry("WITH c AS (SELECT 1 AS n)", "no SELECT"),
                Map.entry("WITH c SELECT 1 AS n", "WITH is not complete"),
                Map.entry("WITH", "WITH is not complete"),
                Map.entry("SELECT 1 AS n OPTION (MAXDOP 1) DELETE FROM t", "OPTION is not its end"));
        wrong.forEach((text, problem) -> {
            SnapshotException error = assertThrows(SnapshotException.class, () -> query(text), text);
            assertEquals(Kind.INVALID_REQUEST, error.kind());
            assertTrue(error.getMessage().contains(problem), text + ": " + error.getMessage());
            assertTrue(error.getMessage().contains("a query of the test"), error.getMessage());
        });
    }

    @Test
    void aSecondStatementWithoutSemicolonStaysWithinTheParentheses() {
        // The server's grammar allows no statement there; the text after the parentheses is the program's own.
        String sql = query("SELECT 1 AS n DELETE FROM t").selecting("[n]", Optional.empty());
        assertEquals("SELECT [n] FROM (SELECT 1 AS n DELETE FROM t\n) AS [source]", sql);
    }

    @Test
    void whatIsSentIsOneSelectToTheGrammarAndASecondStatementIsNone() {
        SourceColumn key = SourceColumn.of("g k", "uniqueidentifier", 0, 0, "a query");
        String columns = key.selected() + ", "
                + SourceColumn.of("o", "datetimeoffset", 0, 3, "a query").selected();
        String range =
                "(" + key.quotedName() + " < CAST('00000000-0000-0000-0000-800000000000' AS uniqueidentifier) OR "
                        + key.quotedName() + " IS NULL)";
        SourceQuery query = query("SELECT [g k], o FROM dbo.t WHERE o > '2026-01-01' -- a comment");
        for (String sql : List.of(
                query.describing(),
                query.selecting(columns, Optional.empty()),
                query.selecting(columns, Optional.of(range)),
                query("SELECT o FROM dbo.t ORDER BY o").describingOrdered(),
                query("SELECT o FROM dbo.t ORDER BY o").whole())) {
            assertEquals(Optional.empty(), SqlServerGrammar.complaint(sql), sql);
        }
        for (String second :
                List.of("DELETE FROM dbo.t", "DROP TABLE dbo.t", "EXEC dbo.p", "INSERT INTO dbo.t VALUES (1)")) {
            for (SourceQuery two : List.of(
                    query("SELECT o FROM dbo.t " + second), query("SELECT o FROM dbo.t ORDER BY o " + second))) {
                assertTrue(SqlServerGrammar.complaint(two.describing()).isPresent(), two.describing());
                assertTrue(SqlServerGrammar.complaint(two.describingOrdered()).isPresent(), two.describingOrdered());
            }
        }
    }

    @Test
    void anOptionOfADatabaseIsLookedUpByItsName() {
        String sql = SqlServerRowSource.option("d.is_read_committed_snapshot_on = 1");
        TransactSql.assertValid(sql);
        assertTrue(sql.contains("FROM sys.databases AS d WHERE d.name = DB_NAME()"), sql);
    }

    private static SourceQuery query(String text) {
        return SourceQuery.of("a query of the test", text);
    }
}
