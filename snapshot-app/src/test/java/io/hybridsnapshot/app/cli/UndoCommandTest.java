package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Dates in the future and {@code undo}, on a real server, from a user's point of view. */
class UndoCommandTest {
    private static final String FAR = "9999-01-01";

    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;

    @BeforeEach
    void saveTwoDays(TestInfo test) {
        program = new TestProgram(directory);
        String method = test.getTestMethod().orElseThrow().getName();
        dataset = "undo_" + method.substring(0, Math.min(32, method.length()));
        save(5);
        save(6);
    }

    private TestProgram.Ended save(int rows, String... more) {
        return program.done(arguments(rows, more));
    }

    private String[] arguments(int rows, String... more) {
        StringBuilder text = new StringBuilder("ID,V\n");
        for (int row = 1; row <= rows; row++) {
            text.append(row).append(",v\n");
        }
        program.file("rows.csv", text.toString());
        String[] all = new String[5 + more.length];
        List.of("save", dataset, "--source", "rows.csv", "--json").toArray(all);
        System.arraycopy(more, 0, all, 5, more.length);
        return withKey(all);
    }

    private static String[] withKey(String[] arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--key";
        all[arguments.length + 1] = "ID";
        return all;
    }

    private Map<String, Object> plan() {
        return program.done("undo", dataset, "--json").json();
    }

    @Test
    void aDateInTheFutureNeedsConsentAndUndoTakesItBack() {
        TestProgram.Ended refused = program.run(arguments(7, "--date", FAR));
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("--allow-future-date"), refused.err());
        Map<String, Object> far = save(7, "--date", FAR, "--allow-future-date").json();
        assertEquals("GIVEN", far.get("dating"));
        Map<String, Object> after = save(8).json();
        assertEquals("AFTER_CURRENT", after.get("dating"));
        assertEquals(1, ((List<?>) after.get("remarks")).size());
        for (int left = 2; left > 0; left--) {
            Map<String, Object> plan = plan();
            assertEquals(false, plan.get("applied"));
            String digest = (String) plan.get("digest");
            program.done("undo", dataset, "--apply", digest.substring(0, 8));
        }
        Map<String, Object> next = save(9).json();
        assertEquals("NOW", next.get("dating"));
        assertEquals(3L, at(next, "delta.counts.new"));
        assertEquals(6L, at(next, "delta.counts.unchanged"), "compared with the archive of the second day");
        program.done("verify", dataset);
    }

    @Test
    void nothingIsTakenBackWithoutThePlanThatWasLookedAt() {
        assertEquals(2, program.run("undo", dataset, "--apply").code());
        assertEquals(2, program.run("undo", dataset, "--apply", "yes").code());
        assertEquals(3, program.run("undo", dataset, "--apply", "0".repeat(64)).code());
        assertEquals(2, program.run("undo", dataset, "--partition", "AL").code());
        assertEquals(6L, at(plan(), "snapshot.rows"));
    }

    /** The window keeps two snapshots, so the second undo leaves rows to the archive. */
    @Test
    void anUndoBeyondTheWindowSaysThatVerifyIsRedUntilTheNextSave() {
        save(7);
        Map<String, Object> first = plan();
        assertEquals(List.of(), first.get("remarks"));
        assertEquals(
                "",
                program.done("undo", dataset, "--apply", (String) first.get("digest"))
                        .err());
        program.done("verify", dataset);
        Map<String, Object> second = plan();
        assertEquals(1, ((List<?>) second.get("remarks")).size());
        TestProgram.Ended undone = program.done("undo", dataset, "--apply", (String) second.get("digest"));
        assertTrue(undone.err().contains("WINDOW_ROWS_MISSING and ends with 4"), undone.err());
        TestProgram.Ended verified = program.run("verify", dataset);
        assertEquals(4, verified.code(), verified.out());
        assertTrue(verified.out().contains("WINDOW_ROWS_MISSING"), verified.out());
        assertTrue(verified.out().contains("if an undo went back"), verified.out());
        assertTrue(program.done("list", dataset).out().contains("  INCOMPLETE  "), "not cut");
        save(8);
        program.done("verify", dataset);
    }

    @Test
    void aPlanHasTheStatesBeforeAndAnAppliedUndoThoseAfter() {
        save(7);
        List<List<Object>> after = new ArrayList<>();
        for (int left = 2; left > 0; left--) {
            Map<String, Object> plan = plan();
            assertEquals("CURRENT", at(plan, "snapshot.state"));
            assertEquals(left == 2 ? "PREVIOUS" : "REMOVED", at(plan, "currentAfterwards.state"));
            Map<String, Object> undone = program.done("undo", dataset, "--json", "--apply", (String) plan.get("digest"))
                    .json();
            after.add(List.of(at(undone, "snapshot.state"), at(undone, "currentAfterwards.state")));
            Map<String, Object> listed = program.done("list", dataset, "--json").json();
            assertEquals(at(listed, "datasets.0.window.0.state"), at(undone, "currentAfterwards.state"));
        }
        assertEquals(List.of(List.of("UNDONE", "CURRENT"), List.of("UNDONE", "INCOMPLETE")), after);
    }

    @Test
    void theFirstSnapshotLeavesNoneBehind() {
        for (int left = 2; left > 0; left--) {
            program.done("undo", dataset, "--apply", (String) plan().get("digest"));
        }
        assertEquals(2, program.run("undo", dataset).code(), "nothing is known of the dataset any more");
        assertEquals("FIRST_SNAPSHOT", at(save(3).json(), "delta.basis"));
        assertEquals(3L, at(plan(), "snapshot.rows"));
        assertNull(plan().get("currentAfterwards"));
    }
}
