package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** {@code forget} on a real server, from a user's point of view. */
class ForgetCommandTest {
    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;

    @BeforeEach
    void saveInTwoPartitions(TestInfo test) {
        program = new TestProgram(directory);
        String method = test.getTestMethod().orElseThrow().getName();
        dataset = "forget_" + method.substring(0, Math.min(32, method.length()));
        for (int rows = 1; rows <= 3; rows++) {
            save(dataset, rows);
        }
        save(dataset, 4, "--partition", "EAST", "--new-partition");
        save("forget_other", 2);
    }

    private void save(String name, int rows, String... more) {
        StringBuilder text = new StringBuilder("ID,V\n");
        for (int row = 1; row <= rows; row++) {
            text.append(row).append(",v\n");
        }
        program.file("rows.csv", text.toString());
        String[] all = new String[6 + more.length];
        List.of("save", name, "--source", "rows.csv", "--key", "ID").toArray(all);
        System.arraycopy(more, 0, all, 6, more.length);
        program.done(all);
    }

    private Map<String, Object> plan() {
        return program.done("forget", dataset, "--json").json();
    }

    private int count(Map<String, Object> document, String list) {
        return ((List<?>) at(document, list)).size();
    }

    @Test
    void aPlanNamesWhatWouldGoAndChangesNothing() {
        Map<String, Object> plan = plan();
        assertEquals(false, plan.get("applied"));
        assertEquals(List.of("ALL", "EAST"), plan.get("partitions"));
        assertEquals(3, count(plan, "windowSnapshots"));
        assertEquals(4, count(plan, "archives"));
        assertEquals(0L, plan.get("tombstones"));
        assertEquals(List.of(), plan.get("obstacles"));
        assertTrue((Long) plan.get("archivedBytes") > 0);
        String text = program.done("forget", dataset).out();
        assertTrue(text.contains("nothing was changed"), text);
        assertTrue(text.contains("partitions: 2 (ALL, EAST)"), text);
        assertTrue(text.contains("--apply " + plan.get("digest")), text);
        assertEquals(plan, plan());
    }

    @Test
    void aSecondPlanHasNothingToForget() {
        program.file("snapshot.yaml", "datasets: {" + dataset + ": {source: {csv: rows.csv}, key: ID}}");
        program.done("forget", dataset, "--apply", (String) plan().get("digest"));
        assertEquals(
                "Nothing to forget: window, archive and outbox hold nothing of " + dataset
                        + " but 4 tombstones, which stay.\n",
                program.done("forget", dataset).out());
    }

    @Test
    void anAppliedPlanLeavesTombstonesAndTheOtherDatasetsAlone() {
        Map<String, Object> others =
                program.done("list", "forget_other", "--json").json();
        String digest = (String) plan().get("digest");
        TestProgram.Ended applied = program.done("forget", dataset, "--apply", digest.substring(0, 8));
        assertTrue(applied.out().contains("The next save begins anew."), applied.out());
        assertEquals(others, program.done("list", "forget_other", "--json").json());
        assertEquals(2, program.run("list", dataset).code(), "neither the file nor a store knows it");
        String all = program.done("list", "--json").out();
        assertFalse(all.contains(dataset), all);
        program.file("snapshot.yaml", "datasets: {" + dataset + ": {source: {csv: rows.csv}, key: ID}}");
        Map<String, Object> removed =
                program.done("list", dataset, "--removed", "--json").json();
        assertEquals(4, count(removed, "datasets.0.removed"));
        assertEquals("forget plan " + digest, at(removed, "datasets.0.removed.0.removedFor"));
        program.done("verify", dataset);
        program.done("recover", dataset);
        Map<String, Object> anew = program.done("save", dataset, "--json").json();
        assertEquals(0L, at(anew, "delta.counts.unchanged"));
        program.done("verify", dataset);
        Map<String, Object> again = plan();
        assertEquals(4L, again.get("tombstones"));
        String named = program.done("forget", dataset, "--apply", (String) again.get("digest"))
                .out();
        assertTrue(named.contains("remove 'datasets." + dataset + "' from "), named);
        assertTrue(named.contains("snapshot.yaml"), named);
        program.done("verify", dataset);
    }

    @Test
    void aHeldArchiveStopsIt() {
        program.done("hold", dataset, "current", "--reason", "case 4711");
        Map<String, Object> plan = plan();
        assertEquals("HELD", at(plan, "obstacles.0.kind"));
        String text = program.done("forget", dataset).out();
        assertTrue(text.contains("holds: 1") && text.contains("case 4711"), text);
        assertFalse(text.contains("--apply"), text);
        TestProgram.Ended refused = program.run("forget", dataset, "--apply", (String) plan.get("digest"));
        assertEquals(3, refused.code());
        assertTrue(refused.err().contains("case 4711"), refused.err());
        assertEquals(4, count(plan(), "archives"));
        program.done("release", dataset, "current");
        program.done("forget", dataset, "--apply", (String) plan.get("digest"));
    }

    @Test
    void nothingIsForgottenWithoutThePlanThatWasLookedAt() {
        assertEquals(2, program.run("forget", dataset, "--apply").code());
        assertEquals(2, program.run("forget", dataset, "--apply", "yes").code());
        assertEquals(
                3, program.run("forget", dataset, "--apply", "0".repeat(64)).code());
        assertEquals(2, program.run("forget", "forget_no_such_dataset").code());
        assertEquals(2, program.run("forget").code());
        String digest = (String) plan().get("digest");
        save(dataset, 5);
        TestProgram.Ended changed = program.run("forget", dataset, "--apply", digest);
        assertEquals(3, changed.code());
        assertTrue(changed.err().contains("nothing was changed"), changed.err());
        assertEquals(5, count(plan(), "archives"));
    }
}
