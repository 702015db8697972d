package io.hybridsnapshot.sqlserver;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every T-SQL script of the folder {@code sql}, statement by statement through the grammar. */
class ScriptCorpusTest {
    private static final Path SCRIPTS = Path.of("..", "sql");

    static List<Path> scripts() throws IOException {
        try (Stream<Path> files = Files.walk(SCRIPTS)) {
            return files.filter(ScriptCorpusTest::isTransactSql).sorted().toList();
        }
    }

    private static boolean isTransactSql(Path file) {
        String path = SCRIPTS.relativize(file).toString().replace('\\', '/');
        return path.endsWith(".sql") && (path.contains("/orders/") || path.contains("sqlserver"));
    }

    private static String text(Path script) throws IOException {
        return Files.readString(script, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void scriptIsTransactSql(Path script) throws IOException {
        TransactSql.assertValid(text(script));
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void scriptEndsEachBatchWithGo(Path script) throws IOException {
        assertTrue(text(script).endsWith("\nGO\n"), script + " does not end with a GO line");
    }

    /** sqlcmd waits for a lock for ever, and all other sessions queue behind a waiting ALTER TABLE. */
    @ParameterizedTest
    @MethodSource("scripts")
    void scriptWaitsForALockNoLongerThanHalfAMinute(Path script) throws IOException {
        assertTrue(TransactSql.batches(text(script)).get(0).endsWith("SET LOCK_TIMEOUT 30000;"), script.toString());
    }

    @Test
    void tablesProceduresAndRolesAreAmongThem() throws IOException {
        List<String> names =
                scripts().stream().map(path -> path.getFileName().toString()).toList();
        assertTrue(
                names.containsAll(List.of(
                        "dbo_orders_unified_snapshot.sql",
                        "dbo_snapshot_ledger.sql",
                        "dbo_sp_cleanup_snapshot_history.sql",
                        "dbo_sp_snapshot_statistics.sql",
                        "sqlserver_roles.sql")),
                names.toString());
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void oneLetterLessIsNoticed(Path script) throws IOException {
        // Keywords that every script of its kind holds; without one, a statement is invalid.
        String text = text(script);
        int tried = 0;
        for (String keyword : List.of("CREATE ", "GRANT ", "SELECT ", "INSERT INTO ", "EXEC ")) {
            int at = withoutComments(text).indexOf(keyword);
            if (at >= 0) {
                tried++;
                String broken = text.substring(0, at) + keyword.substring(0, 2) + text.substring(at + 3);
                assertFalse(TransactSql.faults(broken).isEmpty(), script + " without a letter of " + keyword);
            }
        }
        assertTrue(tried >= 2, script + " holds none of the keywords");
    }

    /** The text with blanks for comments of one line, every character at its place. */
    private static String withoutComments(String text) {
        StringBuilder left = new StringBuilder(text);
        for (int at = left.indexOf("--"); at >= 0; at = left.indexOf("--", at)) {
            int end = left.indexOf("\n", at);
            left.replace(at, end, " ".repeat(end - at));
        }
        return left.toString();
    }
}
