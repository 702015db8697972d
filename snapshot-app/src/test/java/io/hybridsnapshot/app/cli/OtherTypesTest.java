package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.samples.OrdersUnified;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * A second day with cells of other types than the first. Following the advice of the errors works, and finds the
 * changed rows.
 */
class OtherTypesTest {
    private static final Pattern TYPE_OPTION = Pattern.compile("--type '([^']+)'");

    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;

    @BeforeEach
    void start(TestInfo test) {
        program = new TestProgram(directory);
        String method = test.getTestMethod().orElseThrow().getName();
        dataset = "types_" + method.substring(0, Math.min(32, method.length()));
    }

    /**
     * Saves the first day, and follows the advice of each error about the second: with the types that it names, and
     * with text for each.
     */
    private void requireTwoChangedByEveryAdvice(String dayOne, String dayTwo, List<String> advice) {
        program.file("one.csv", dayOne);
        program.file("two.csv", dayTwo);
        program.done("save", dataset, "--source", "one.csv", "--key", "id");
        String[] detect = {"detect", dataset, "--source", "two.csv", "--key", "id", "--json"};
        List<String> advised = advice(program.run(detect));
        assertEquals(advice, advised);
        List<String> texts = advised.stream()
                .map(type -> type.substring(0, type.indexOf('=')) + "=text")
                .toList();
        for (List<String> types : List.of(advised, texts)) {
            requireTwoChanged(program.done(with(types, detect)).json());
            requireTwoChanged(
                    program.done(with(types, "compare", dataset, "current", "source:two.csv", "--key", "id", "--json"))
                            .json());
        }
        requireTwoChanged(program.done("compare", dataset, "source:one.csv", "source:two.csv", "--key", "id", "--json")
                .json());
        assertEquals(advice, advice(program.run("save", dataset, "--source", "two.csv", "--key", "id")));
        requireTwoChanged(program.done(with(advised, "save", dataset, "--source", "two.csv", "--key", "id", "--json"))
                .json());
        requireTwoChanged(program.done("compare", dataset, "previous", "current", "--key", "id", "--json")
                .json());
    }

    private static void requireTwoChanged(Map<String, Object> report) {
        assertEquals(2L, at(report, "delta.counts.changed"), report.toString());
        assertEquals(1L, at(report, "delta.counts.unchanged"), report.toString());
        assertEquals(0L, at(report, "delta.rowsNotComparedInFull"), report.toString());
    }

    private static List<String> advice(TestProgram.Ended ended) {
        assertEquals(2, ended.code(), ended.err());
        // The JSON error contains its next step twice: in the message and as a separate field.
        Set<String> types = new LinkedHashSet<>();
        Matcher matcher = TYPE_OPTION.matcher(ended.err());
        while (matcher.find()) {
            types.add(matcher.group(1));
        }
        return List.copyOf(types);
    }

    private static String[] with(List<String> types, String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        types.forEach(type -> arguments.addAll(List.of("--type", type)));
        return arguments.toArray(String[]::new);
    }

    @Test
    void aFractionInAColumnOfIntegers() {
        requireTwoChangedByEveryAdvice("id,v\n1,1\n2,2\n3,9\n", "id,v\n1,1\n2,2.5\n3,8\n", List.of("v=decimal(38,1)"));
    }

    @Test
    void severalColumnsOfOtherFormsAtOnce() {
        requireTwoChangedByEveryAdvice(
                "id,qty,ok,day\n1,5,true,2026-01-01\n2,6,true,2026-01-01\n3,7,true,2026-01-03\n",
                "id,qty,ok,day\n1,5,true,2026-01-01\n2,6.5,yes,1.1.2026\n3,8,true,2026-01-03\n",
                List.of("qty=decimal(38,1)", "ok=text", "day=text"));
    }

    @Test
    void aNegativeZeroAndZerosInFront() {
        requireTwoChangedByEveryAdvice(
                "id,v,w\n1,1.00,7\n2,0.00,7\n3,2.00,0\n",
                "id,v,w\n1,1.00,7\n2,-0.00,7\n3,2.00,00000\n",
                List.of("v=text", "w=text"));
    }

    @Test
    void anExponentInAColumnOfFloatingPointNumbers() {
        requireTwoChangedByEveryAdvice("id,v\n1,1\n2,0.5\n3,2.25\n", "id,v\n1,1\n2,1e5\n3,2.5\n", List.of("v=float64"));
    }

    /** The text that the second day's error advises hid every change of the column before. */
    @Test
    void aDecimalThatIsDeclaredAsTextIsComparedByItsText() {
        program.file("one.csv", "id,qty,price\n1,5,1.50\n2,6,2.50\n");
        program.file("two.csv", "id,qty,price\n1,5.5,1.50\n2,6,2.505\n");
        program.done("save", dataset, "--source", "one.csv", "--key", "id");
        String[] save = {
            "save", dataset, "--source", "two.csv", "--key", "id", "--type", "qty=text", "--type", "price=text"
        };
        TestProgram.Ended saved = program.done(save);
        assertTrue(saved.out().contains("column type: qty: int64 -> text (compared by text)"), saved.out());
        Map<String, Object> compared =
                program.done("compare", dataset, "--key", "id", "--json").json();
        assertEquals(2L, at(compared, "delta.counts.changed"));
        assertEquals("text", at(compared, "delta.drift.retyped.0.comparedBy"));
    }

    @Test
    void aNewDefinitionLeavesOutOnlyWhatItNames() {
        program.file("one.csv", "id,batch_id,note\n1,a,x\n2,b,y\n");
        program.file("two.csv", "id,batch_id,note\n1,a,z\n2,c,y\n");
        TestProgram.Ended undefined =
                program.done("compare", dataset, "source:one.csv", "source:two.csv", "--key", "id");
        assertTrue(undefined.out().contains("Left out of the hash (1): batch_id"), undefined.out());
        String defined = program.done("init", dataset, "--source", "one.csv", "--key", "id")
                .out();
        assertTrue(defined.contains("Left out of the row hash: no column"), defined);
        program.done("save", dataset);
        assertEquals(
                2L,
                at(
                        program.done("detect", dataset, "--source", "two.csv", "--json")
                                .json(),
                        "delta.counts.changed"));
        assertFalse(program.done("list", dataset, "--columns").out().contains("Left out"));
        program.done("init", dataset + "_2", "--source", "one.csv", "--key", "id", "--leave-out", "note");
        program.done("save", dataset + "_2");
        Map<String, Object> second = program.done("detect", dataset + "_2", "--source", "two.csv", "--json")
                .json();
        assertEquals(1L, at(second, "delta.counts.changed"));
        assertEquals(List.of("note"), at(second, "delta.leftOut"));
        String columns = program.done("list", dataset + "_2", "--columns").out();
        assertTrue(columns.contains("Left out of the hash (1): note"), columns);
        assertEquals(
                2,
                program.run("init", "x", "--source", "one.csv", "--key", "id", "--leave-out", "nosuch")
                        .code());
    }

    /** Its definition would otherwise win over the preset, and change every hash of snapshots from before. */
    @Test
    void aDefinitionOfThePresetLeavesOutTheSevenSystemColumns() {
        String carried = String.join(",", OrdersUnified.DATASET.carriedColumns());
        program.file(
                "orders.csv",
                "record_uuid,batch_id," + carried + "\n00000000-0000-0000-0000-000000000001,a,1,2,3,4,5,6,true\n");
        String[] init = {"init", "ORDERS_UNIFIED", "--source", "orders.csv", "--key", "record_uuid", "--json"};
        List<String> seven = List.of(
                "batch_id",
                "customer_filter",
                "parquet_archive_id",
                "record_uuid",
                "records_count",
                "row_hash",
                "snapshot_date");
        assertEquals(seven, at(program.done(init).json(), "leftOut"));
        assertEquals(
                "hsr1",
                at(
                        program.done("hash", "orders.csv", "--dataset", "ORDERS_UNIFIED", "--json")
                                .json(),
                        "hashSpec"));
    }

    @Test
    void aShareOfChangedRowsIsRefusedWhereTheDatasetSaysSo() {
        program.file("one.csv", "id,v\n1,a\n2,b\n3,c\n4,d\n");
        program.file("two.csv", "id,v\n1,b\n2,c\n3,d\n4,e\n");
        program.file(
                "snapshot.yaml",
                "datasets:\n  " + dataset + ": {source: {csv: one.csv}, key: [id], max-changed-share: 0.9}\n");
        program.done("save", dataset);
        TestProgram.Ended refused = program.run("save", dataset, "--source", "two.csv");
        assertEquals(2, refused.code(), refused.err());
        assertTrue(refused.err().contains("4 of 4"), refused.err());
        assertTrue(refused.err().contains("--allow-changes"), refused.err());
        Map<String, Object> detected =
                program.done("detect", dataset, "--source", "two.csv", "--json").json();
        assertEquals(4L, at(detected, "delta.counts.changed"));
        assertTrue(at(detected, "delta.remark").toString().contains("4 of the 4 rows"), detected.toString());
        String saved = program.done("save", dataset, "--source", "two.csv", "--allow-changes")
                .out();
        assertTrue(saved.contains("Remark: 4 of the 4 rows"), saved);
    }

    @Test
    void columnsOfOneSideAloneAreNamedAsNotCompared() {
        program.file("one.csv", "id,v,gone\n1,a,x\n2,b,y\n");
        program.file("two.csv", "id,v,fresh\n1,a,7\n2,c,8\n");
        program.done("save", dataset, "--source", "one.csv", "--key", "id");
        String[] detect = {"detect", dataset, "--source", "two.csv", "--key", "id"};
        String text = program.done(detect).out();
        assertTrue(text.contains("Not compared (2): fresh, gone; 2 rows not compared in full."), text);
        Map<String, Object> json = program.done(
                        with(List.of(), "detect", dataset, "--source", "two.csv", "--key", "id", "--json"))
                .json();
        assertEquals(List.of("fresh", "gone"), at(json, "delta.notCompared"));
        assertEquals(2L, at(json, "delta.rowsNotComparedInFull"));
        program.file("two.csv", "id,v,gone\n1,a,x\n2,c,y\n");
        assertFalse(program.done(detect).out().contains("Not compared"));
    }
}
