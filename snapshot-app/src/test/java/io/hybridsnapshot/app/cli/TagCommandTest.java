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

/** {@code tag} on a real server, from a user's point of view. */
class TagCommandTest {
    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;

    @BeforeEach
    void saveTwoDays(TestInfo test) {
        program = new TestProgram(directory);
        String method = test.getTestMethod().orElseThrow().getName();
        dataset = "tag_" + method.substring(0, Math.min(32, method.length()));
        save(dataset, "ID,V\n1,a\n", "--date", "2026-09-26", "--tag", "run=nightly");
        save(dataset, "ID,V\n1,a\n2,b\n", "--date", "2026-09-27", "--tag", "run=nightly");
    }

    private void save(String name, String rows, String... more) {
        program.file("rows.csv", rows);
        String[] all = new String[more.length + 6];
        List.of("save", name, "--source", "rows.csv", "--key", "ID").toArray(all);
        System.arraycopy(more, 0, all, 6, more.length);
        program.done(all);
    }

    private Map<String, Object> list(String... more) {
        String[] all = new String[more.length + 3];
        List.of("list", dataset, "--json").toArray(all);
        System.arraycopy(more, 0, all, 3, more.length);
        return program.done(all).json();
    }

    @Test
    void aLaterTagIsFoundAsATagOfTheSaveAndVerifyStaysGreen() {
        Map<String, Object> tagged = program.done("tag", dataset, "2026-09-26", "approved=yes", "note=a=b", "--json")
                .json();
        assertEquals(true, tagged.get("changed"));
        assertEquals(Map.of("run", "nightly"), tagged.get("before"));
        assertEquals("yes", at(tagged, "archive.tags.approved"));
        assertEquals("a=b", at(tagged, "archive.tags.note"));
        List<?> archives = (List<?>) at(list("--tag", "approved=yes"), "datasets.0.archives");
        assertEquals(1, archives.size());
        TestProgram.Ended compared =
                program.done("compare", dataset, "tag:approved=yes", "current", "--key", "ID", "--json");
        assertEquals(1L, at(compared.json(), "delta.counts.new"));
        program.done("verify", dataset);
    }

    @Test
    void theListSaysWhichTagsCameLaterWhenAndByWhom() {
        assertEquals(List.of(), at(list("--tag-changes"), "datasets.0.tagChanges"));
        assertFalse(list().toString().contains("tagChanges"));
        program.done("tag", dataset, "current", "approved=no");
        program.done("tag", dataset, "current", "approved=yes", "--replace");
        program.done("tag", dataset, "current", "--remove", "run");
        Map<String, Object> changes = list("--tag-changes");
        assertEquals(3, ((List<?>) at(changes, "datasets.0.tagChanges")).size());
        assertEquals("approved", at(changes, "datasets.0.tagChanges.0.tag"));
        assertEquals("no", at(changes, "datasets.0.tagChanges.1.before"));
        assertEquals("yes", at(changes, "datasets.0.tagChanges.1.after"));
        assertEquals("nightly", at(changes, "datasets.0.tagChanges.2.before"));
        assertFalse(((String) at(changes, "datasets.0.tagChanges.2.by")).isBlank());
        String text = program.done("list", dataset, "--tag-changes").out();
        assertTrue(text.contains(" changes of tags"), text);
        assertTrue(text.contains("nightly"), text);
    }

    @Test
    void anExistingTagIsReplacedOnlyOnPurpose() {
        TestProgram.Ended refused = program.run("tag", dataset, "current", "run=weekly", "more=x");
        assertEquals(3, refused.code());
        assertTrue(refused.err().contains("run=nightly"), refused.err());
        assertTrue(refused.err().contains("--replace"), refused.err());
        assertEquals(List.of(), at(list("--tag", "more"), "datasets.0.archives"));
        String same = program.done("tag", dataset, "current", "run=nightly").out();
        assertTrue(same.contains("nothing was changed"), same);
        String replaced = program.done("tag", dataset, "current", "run=weekly", "--replace")
                .out();
        assertTrue(replaced.contains("run=weekly"), replaced);
        String removed = program.done("tag", dataset, "current", "--remove", "run", "--remove", "absent")
                .out();
        assertTrue(removed.contains("no tags"), removed);
    }

    @Test
    void mistakesAreRefusedWithoutAChange() {
        save("tag_other", "ID,V\n1,a\n");
        Object other = at(program.done("list", "tag_other", "--json").json(), "datasets.0.archives.0.archive");
        for (List<String> wrong : List.of(
                List.of("tag", dataset, "current"),
                List.of("tag", dataset, "current", "=x"),
                List.of("tag", dataset, "current", " =x"),
                List.of("tag", dataset, "current", "approved"),
                List.of("tag", dataset, "current", "a=1", "a=2"),
                List.of("tag", dataset, "current", "a=1", "--remove", "a"),
                List.of("tag", dataset, "archive:" + other, "a=1"),
                List.of("tag", dataset, "archive:999999999", "a=1"),
                List.of("tag", dataset, "tag:nobody=has", "a=1"),
                List.of("tag", dataset, "current", "a=1", "--partition", "AL"),
                List.of("tag", "tag_no_such_dataset", "current", "a=1"),
                List.of("tag", dataset))) {
            TestProgram.Ended refused = program.run(wrong.toArray(String[]::new));
            assertEquals(2, refused.code(), () -> wrong + ": " + refused.err());
        }
        assertEquals(List.of(), at(list("--tag-changes"), "datasets.0.tagChanges"));
    }
}
