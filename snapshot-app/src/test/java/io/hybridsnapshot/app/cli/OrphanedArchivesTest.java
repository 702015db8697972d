package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's view of an archive that belongs to no snapshot, until recovery removes it. */
class OrphanedArchivesTest {
    private static final String DATASET = "left_behind";

    @TempDir
    Path directory;

    @Test
    void listMarksAnOrphanAndNumbersLeaveItOut() throws SQLException {
        TestProgram program = new TestProgram(directory);
        for (int day = 1; day < 5; day++) {
            program.file("s.csv", "ID,V\n1," + day + "\n");
            program.done(
                    "save", DATASET, "--source", "s.csv", "--key", "ID", "--no-details", "--date", "2020-01-0" + day);
        }
        assertFalse(program.done("list", DATASET).out().contains("orphaned"));
        // As after a save that lost its partition: the third state is UNDONE, and its archive exists.
        execute("UPDATE snapshot_ledger SET state = 'UNDONE' WHERE dataset = '" + DATASET
                + "' AND date = TIMESTAMP '2020-01-03'");

        TestProgram.Ended listed = program.done("list", DATASET, "--json");
        List<?> archives = (List<?>) at(listed.json(), "datasets.0.archives");
        assertEquals(4, archives.size());
        for (int number = 0; number < 4; number++) {
            String archive = "datasets.0.archives." + number;
            boolean third = at(listed.json(), archive + ".date").toString().startsWith("2020-01-03");
            assertEquals(third, at(listed.json(), archive + ".orphaned"));
        }
        assertEquals(
                1,
                program.done("list", DATASET)
                        .out()
                        .lines()
                        .filter(line -> line.contains("2020-01-03") && line.contains("orphaned"))
                        .count());
        assertEquals(3L, at(program.done("stats", DATASET, "--json").json(), "datasets.0.partitions.0.archives"));
        assertEquals(
                3L,
                at(
                        program.done("stats", DATASET, "--trend", "--by", "month", "--json")
                                .json(),
                        "datasets.0.periods.0.archives"));
        TestProgram.Ended plan = program.done("cleanup", DATASET, "--keep-days", "1");
        assertTrue(plan.out().contains("1 archive ("), plan.out());
        assertTrue(plan.out().contains("orphaned: it belongs to no snapshot"), plan.out());
    }

    private static void execute(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        TestProgram.server().jdbcUrl("orders"),
                        TestProgram.server().user(),
                        TestProgram.server().password());
                Statement prepared = connection.createStatement()) {
            assertEquals(1, prepared.executeUpdate(statement));
        }
    }
}
