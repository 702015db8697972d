package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A dataset that was renamed in the configuration file, on a real server. */
class StoredAsTest {
    @TempDir
    Path directory;

    private TestProgram program;
    private String old;
    private String name;

    @BeforeEach
    void renameAfterTwoSaves(TestInfo test) {
        program = new TestProgram(directory);
        String method = test.getTestMethod().orElseThrow().getName();
        old = "old_" + method.substring(0, Math.min(32, method.length()));
        name = "new_" + method.substring(0, Math.min(32, method.length()));
        program.file("snapshot.yaml", "datasets: {" + old + ": {source: {csv: rows.csv}, key: ID}}");
        program.file("rows.csv", "ID,V\n1,a\n");
        program.done("save", old);
        program.file("rows.csv", "ID,V\n1,a\n2,b\n");
        program.done("save", old);
        program.file(
                "snapshot.yaml",
                "datasets: {" + name + ": {source: {csv: rows.csv}, key: ID, stored-as: " + old + "}}");
    }

    @Test
    void aSaveUnderTheNewNameContinuesTheHistory() {
        program.file("rows.csv", "ID,V\n1,a\n2,c\n3,d\n");
        Map<String, Object> detected = program.done("detect", name, "--json").json();
        assertEquals(1L, at(detected, "delta.counts.changed"));
        Map<String, Object> saved = program.done("save", name, "--json").json();
        assertEquals(name, saved.get("dataset"));
        assertEquals(1L, at(saved, "delta.counts.changed"));
        assertEquals(1L, at(saved, "delta.counts.new"));
        assertEquals(old, at(saved, "snapshot.dataset"), "records keep the old name");
        program.done("verify", name);
        program.done("verify", old);
        assertTrue(verified().contains(name + " (stored as " + old + ")"), "all datasets");
    }

    /** The verification of all datasets. The store is shared, so other tests' datasets may have findings. */
    private String verified() {
        return program.run("verify").out();
    }

    @Test
    void everyCommandTakesBothNames() {
        for (String each : List.of(name, old)) {
            Map<String, Object> list = program.done("list", each, "--json").json();
            assertEquals(name, at(list, "datasets.0.dataset"));
            assertEquals(old, at(list, "datasets.0.storedAs"));
            assertEquals(2, ((List<?>) at(list, "datasets.0.archives")).size());
            Map<String, Object> stats = program.done("stats", each, "--json").json();
            assertEquals(old, at(stats, "datasets.0.storedAs"));
            assertEquals(2L, at(stats, "datasets.0.partitions.0.archives"));
            assertTrue(program.done("stats", each, "--trend", "--format", "csv")
                    .out()
                    .contains("\n" + name + ",ALL"));
            program.done("detect", each);
            program.done("compare", each, "previous", "current");
            program.done("compare", each, "current", "source");
            program.done("export", each, "current", "--to", each + ".csv");
            program.done("hold", each, "current", "--reason", "test");
            program.done("release", each, "current");
            program.done("tag", each, "current", "by=" + each, "--replace");
            program.done("cleanup", each);
            program.done("redact", each, "--key", "1");
            program.done("recover", each);
            program.done("undo", each);
            program.done("forget", each);
            program.done("verify", each);
            program.done("hash", "rows.csv", "--dataset", each);
        }
        assertTrue(program.done("list").out().contains(name + " (stored as " + old + ")"));
        assertTrue(verified().contains(name + " (stored as " + old + ")"));
    }

    @Test
    void aMistypedNameSuggestsTheNewOne() {
        TestProgram.Ended ended = program.run("list", name.toUpperCase(Locale.ROOT));
        assertEquals(2, ended.code());
        assertTrue(ended.err().contains("did you mean '" + name + "'?"), ended.err());
    }

    @Test
    void aSectionWithoutAKeyMeansTheStoredDatasetToo() {
        program.file("snapshot.yaml", "datasets: {" + name + ": {source: {csv: rows.csv}, stored-as: " + old + "}}");
        assertEquals(2, ((List<?>) at(program.done("list", name, "--json").json(), "datasets.0.archives")).size());
        Map<String, Object> plan = program.done("forget", name, "--json").json();
        assertEquals(2, ((List<?>) plan.get("archives")).size());
        program.done("tag", name, "current", "by=key");
        program.done("verify", name);
    }

    @Test
    void aStoredDatasetWithTheNameOfASectionIsListedAndVerifiedByItself() {
        String other = "other_" + old.substring(0, 20);
        program.file("snapshot.yaml", "datasets: {" + name + ": {source: {csv: rows.csv}, key: ID}}");
        program.done("save", name);
        program.file(
                "snapshot.yaml",
                "datasets: {" + name + ": {source: {csv: rows.csv}, key: ID, stored-as: " + other + "}}");
        program.done("save", name);
        List<String> lines = program.done("list").out().lines().toList();
        assertTrue(lines.contains(name + " (stored as " + other + ")"), lines.toString());
        assertTrue(lines.stream().anyMatch(line -> line.startsWith(name + " (in the stores; ")), lines.toString());
        String verified = verified();
        assertTrue(verified.contains(name + " (in the stores; "), verified);
        assertTrue(verified.contains(name + " (stored as " + other + ")"), verified);
    }

    @Test
    void withoutTheConfigurationTheStoredNameIsShown() {
        program.file("snapshot.yaml", "");
        assertTrue(program.done("list").out().lines().anyMatch(old::equals));
        assertEquals(2, program.run("list", name).code());
    }

    @Test
    void aForgottenDatasetIsGoneUnderBothNames() {
        String digest = (String) program.done("forget", name, "--json").json().get("digest");
        String out = program.done("forget", old, "--apply", digest).out();
        assertTrue(out.contains("'datasets." + name + "'"), out);
        Map<String, Object> list = program.done("list", name, "--json").json();
        assertEquals(List.of(), at(list, "datasets.0.archives"));
    }

    @Test
    void initRefusesTheNameUnderWhichAnotherDatasetIsStored() {
        TestProgram.Ended refused = program.run("init", old, "--source", "rows.csv", "--key", "ID");
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("stored-as"), refused.err());
    }
}
