package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.sqlserver.SqlToken;
import io.hybridsnapshot.sqlserver.TransactSql;
import io.hybridsnapshot.sqlserver.connection.SqlServerFaults;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import io.hybridsnapshot.sqlserver.window.WindowScript.Carried;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The script's changes to a table made by another program. Each statement that it assembles at run time is built from
 * its own expression and checked by the grammar. The tests also check its report about rows that do not fit.
 */
class TakenOverTableTest {
    private static final String TABLE = "[dbo].[ORDERS_UNIFIED_SNAPSHOT]";

    private static final String BATCH = new WindowScript(
                    "dbo",
                    "ORDERS_UNIFIED",
                    List.of(
                            new Carried("AAG ORDER NUMBER", "NVARCHAR(255)", "NOT NULL", "Business key"),
                            new Carried("CUSTOMER NAME", "NVARCHAR(255)", "NULL", "Text")))
            .current()
            .get(1);

    /** The values of the catalogue that the statements are made with. */
    private static final Map<String, String> CATALOGUE = Map.of(
            "TYPE", "NVARCHAR(64) COLLATE Latin1_General_CI_AS",
            "KEYS", "[a], [b] DESC",
            "INCLUDED", "[c], [d]",
            "COLUMNS", "[a], [b]",
            "FILTER", "([a]=N'X')",
            "DEFINITION", "(getdate())");

    /**
     * The grammar lacks statistics. Their statements are checked for the shape that Microsoft's documentation gives.
     */
    private static final Pattern STATISTICS = Pattern.compile("DROP STATISTICS \\[dbo]\\.\\[\\w+]\\.\\[its name];"
            + "|CREATE STATISTICS \\[its name] ON \\[dbo]\\.\\[\\w+] \\(\\[a], \\[b]\\)( WHERE \\(\\[a]=N'X'\\))?;");

    private record Step(int number, String statement) {}

    /** All statements in the order in which they run, made in every way that a CASE or an ISNULL allows. */
    private static List<Step> steps() {
        Set<Step> steps = new LinkedHashSet<>();
        for (int ways = 0; ways < 1 << 3; ways++) {
            List<SqlToken> tokens = SqlToken.of(BATCH);
            for (int i = 0; i < tokens.size(); i++) {
                boolean inserts = tokens.get(i).text().equals("@steps")
                        && i > 0
                        && tokens.get(i - 1).is("INTO");
                if (inserts) {
                    // Behind ( [step] , [statement] )
                    int at = i + 6;
                    boolean values = tokens.get(at).is("VALUES");
                    Expression expression = new Expression(tokens, at + (values ? 2 : 1), ways);
                    int number = Integer.parseInt(expression.value());
                    expression.skip(",");
                    steps.add(new Step(number, expression.value()));
                }
            }
        }
        List<Step> ordered = new ArrayList<>(steps);
        ordered.sort(Comparator.comparingInt(Step::number));
        return ordered;
    }

    /** Texts that are joined by +. */
    private static final class Expression {
        private final List<SqlToken> tokens;
        /**
         * Bit 0: the outer CASE takes its ELSE; bit 1: one within another does; bit 2: the value tested by ISNULL is
         * missing.
         */
        private final int ways;

        private int at;
        private int depth;

        Expression(List<SqlToken> tokens, int at, int ways) {
            this.tokens = tokens;
            this.at = at;
            this.ways = ways;
        }

        void skip(String text) {
            assertEquals(text, tokens.get(at).text());
            at++;
        }

        String value() {
            StringBuilder value = new StringBuilder(term());
            while (tokens.get(at).isSymbol("+")) {
                at++;
                value.append(term());
            }
            return value.toString();
        }

        private String term() {
            SqlToken token = tokens.get(at++);
            if (token.kind() == SqlToken.Kind.STRING) {
                return token.text().substring(2, token.text().length() - 1).replace("''", "'");
            }
            if (token.kind() == SqlToken.Kind.NUMBER) {
                return token.text();
            }
            return switch (token.keyword()) {
                case "CASE" -> choice();
                case "QUOTENAME" -> {
                    skip("(");
                    while (!tokens.get(at++).isSymbol(")")) {
                        // The name within.
                    }
                    yield "[its name]";
                }
                case "ISNULL" -> {
                    skip("(");
                    String there = value();
                    skip(",");
                    String missing = value();
                    skip(")");
                    yield (ways & 4) == 0 ? there : missing;
                }
                default -> {
                    // An alias, a dot and a column.
                    String column = tokens.get(at + 1).text().replaceAll("[\\[\\]]", "");
                    at += 2;
                    yield CATALOGUE.get(column.toUpperCase(java.util.Locale.ROOT));
                }
            };
        }

        private String choice() {
            while (!tokens.get(at++).is("THEN")) {
                // The condition.
            }
            int bit = 1 << depth++;
            String then = value();
            assertTrue(tokens.get(at++).is("ELSE"));
            String otherwise = value();
            assertTrue(tokens.get(at++).is("END"));
            depth--;
            return (ways & bit) == 0 ? then : otherwise;
        }
    }

    @Test
    void everyStatementThatIsMadeAtRunTimeIsTransactSql() {
        List<String> faults = new ArrayList<>();
        for (Step step : steps()) {
            if (!STATISTICS.matcher(step.statement()).matches()) {
                // The grammar also lacks parentheses around a filter, in the catalogue's form, and the order of a
                // constraint's columns, which ALTER TABLE takes like that of an index.
                String checkable = step.statement()
                        .replace(" CHECK (getdate())", " CHECK ([a] > 0)")
                        .replaceAll("(INDEX .*) WHERE \\((.*)\\);", "$1 WHERE $2;")
                        .replaceAll("(UNIQUE NONCLUSTERED \\([^)]*) DESC", "$1");
                TransactSql.faults(checkable).forEach(fault -> faults.add(step.statement() + ": " + fault));
            }
        }
        assertEquals(List.of(), faults);
        assertTrue(
                steps().stream()
                        .anyMatch(step -> step.statement()
                                .equals("CREATE UNIQUE INDEX [its name] ON " + TABLE
                                        + " ([a], [b] DESC) INCLUDE ([c], [d]) WHERE ([a]=N'X');")),
                steps().toString());
    }

    @Test
    void whatStandsOnTheColumnsGoesFirstAndTheClusteredKeyIsBuiltBeforeTheOthers() {
        List<String> order = steps().stream()
                .map(step -> step.number() + " " + step.statement().replaceAll("\\[its name] ?", ""))
                .toList();
        for (String expected : List.of(
                "1 ALTER TABLE " + TABLE + " DROP CONSTRAINT ;",
                "1 DROP STATISTICS " + TABLE + ".;",
                "2 DROP INDEX  ON " + TABLE + ";",
                "2 ALTER TABLE " + TABLE + " DROP CONSTRAINT ;",
                "3 ALTER TABLE " + TABLE + " ALTER COLUMN NVARCHAR(64) COLLATE Latin1_General_CI_AS NOT NULL;",
                "4 ALTER TABLE " + TABLE + " ADD CONSTRAINT [PK_ORDERS_UNIFIED_SNAPSHOT] PRIMARY KEY CLUSTERED"
                        + " ([customer_filter], [record_uuid]);",
                "5 ALTER TABLE " + TABLE + " ADD CONSTRAINT UNIQUE NONCLUSTERED ([a], [b] DESC);",
                "5 CREATE INDEX  ON " + TABLE + " ([a], [b] DESC);",
                "5 CREATE STATISTICS  ON " + TABLE + " ([a], [b]) WHERE ([a]=N'X');",
                "5 ALTER TABLE " + TABLE + " ADD CONSTRAINT DEFAULT (getdate()) FOR ;")) {
            assertTrue(
                    order.stream().anyMatch(step -> step.replace("  ", " ").equals(expected.replace("  ", " "))),
                    expected + " in\n" + String.join("\n", order));
        }
    }

    @Test
    void everyColumnThatMayHoldNoNullIsAskedForRowsWithout() {
        for (String column :
                List.of("record_uuid", "row_hash", "snapshot_date", "customer_filter", "AAG ORDER NUMBER")) {
            assertTrue(BATCH.contains("(N'" + column + "', "), column);
            assertTrue(
                    BATCH.contains("N' rows without " + column + "' AS [fault] FROM " + TABLE + " WHERE [" + column
                            + "] IS NULL"),
                    column);
        }
        assertFalse(BATCH.contains("CUSTOMER NAME"), "a column that may hold NULL stays as it is");
        assertTrue(BATCH.indexOf("THROW 50003") < BATCH.indexOf("BEGIN TRANSACTION"), "before anything is changed");
        assertTrue(BATCH.contains("PRINT N'Warning: customer_filter of " + TABLE + " compares case and accents"));
    }

    /** A column that was binary, or distinguished case and accents, compares as before. */
    @Test
    void theWarningOfCaseIsPrintedOnlyWhereTheColumnDidNotTellItApart() {
        int warning = BATCH.indexOf("PRINT N'Warning: customer_filter of");
        String condition = BATCH.substring(BATCH.lastIndexOf("IF EXISTS", warning), warning);
        for (String apart : List.of("%[_]BIN'", "%[_]BIN2'", "%[_]CS[_]AS%'")) {
            assertTrue(condition.contains("c.collation_name NOT LIKE N'" + apart), condition);
        }
    }

    /** SQL Server joins columns of two collations only if the statement names one, even if both are binary. */
    @Test
    void aPartitionInAnotherBinaryCollationIsAlteredToTheLedgers() {
        assertTrue(BATCH.contains("c.name = N'customer_filter' AND c.collation_name <> N'Latin1_General_100_BIN2'"));
    }

    @Test
    void rowsThatKeepATableFromBeingTakenOverAreAnErrorOfTheInput() {
        SqlServerSettings settings = new SqlServerSettings("host", 1433, "ORDERS", "etl", "secret", Map.of());
        String said = TABLE + " cannot be taken over as it is: 3 rows without row_hash. Nothing was changed";
        for (int number : new int[] {50_003, 50_004}) {
            SnapshotException error = SqlServerFaults.translate(
                    settings, "preparing the window", new SQLException(said, "S0001", number));
            assertEquals(Kind.INVALID_REQUEST, error.kind());
            assertTrue(error.getMessage().contains("3 rows without row_hash"), error.getMessage());
            assertTrue(error.getMessage().contains("page 'Take over a window"), error.getMessage());
        }
    }
}
