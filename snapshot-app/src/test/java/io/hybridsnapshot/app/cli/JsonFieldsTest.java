package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The names of all fields of all documents. Programs read them, so a change here is a change of the interface. A name
 * may be added. No name may be removed or change its meaning.
 */
class JsonFieldsTest {
    @TempDir
    Path directory;

    @Test
    void fieldsKeepTheirNames() throws IOException {
        TestProgram program = new TestProgram(directory);
        StringBuilder fields = new StringBuilder();
        program.file("a.csv", "ID,NAME,OLD,QTY\n1,a,x,5\n2,b,x,6\n");
        program.file("b.csv", "ID,NAME,QTY,EXTRA\n1,c,many,y\n3,b,6,y\n");
        String[] key = {"--key", "ID", "--type", "QTY=text", "--json"};
        add(fields, program.done("init", "fields", "--source", "a.csv", "--key", "ID", "--json"));
        add(fields, program.done("config", "--json"));
        program.done("save", "fields", "--tag", "run=1", "--date", "2020-01-01");
        program.done("save", "fields", "--tag", "run=2", "--date", "2020-01-02");
        String[] expected = {"detect", "fields", "--source", "b.csv", "--expect", "rows >= 1"};
        add(fields, with(program, key, expected));
        add(
                fields,
                with(
                        program,
                        key,
                        "save",
                        "fields",
                        "--source",
                        "b.csv",
                        "--changes",
                        "c.jsonl",
                        "--date",
                        "2020-01-03"));
        add(fields, with(program, key, "compare", "fields"));
        add(fields, "compare with a rename", renamed(program).json());
        add(fields, program.done("list", "fields", "--columns", "--json"));
        add(fields, program.done("stats", "fields", "--json"));
        add(
                fields,
                "stats --trend",
                program.done("stats", "fields", "--trend", "--json").json());
        add(fields, program.done("redact", "fields", "--key", "1", "--json"));
        add(fields, program.done("export", "fields", "--to", "out.csv", "--json"));
        add(fields, program.done("history", "fields", "--key", "1", "--json"));
        add(fields, program.done("blame", "fields", "--key", "1", "--json"));
        add(fields, program.done("show", "fields", "--key", "1", "--json"));
        add(fields, program.done("hash", "a.csv", "--key", "ID", "--json"));
        add(fields, program.done("make-orders", "--rows", "1", "--to", "o.csv", "--json"));
        add(fields, program.done("cleanup", "fields", "--json", "--keep-count", "1"));
        add(fields, program.done("hold", "fields", "tag:run=1", "--reason", "audit", "--json"));
        add(fields, program.done("release", "fields", "tag:run=1", "--json"));
        add(fields, program.done("tag", "fields", "tag:run=1", "approved=yes", "--json"));
        add(fields, "change of a tag", tagChange(program));
        add(fields, program.done("forget", "fields", "--json"));
        add(fields, program.done("recover", "fields", "--json"));
        program.file(
                "a.json",
                "{\"format\": \"hybrid-snapshots anchor 1\", \"heads\": [{\"dataset\": \"fields\","
                        + " \"partition\": \"ALL\", \"number\": 99, \"digest\": \"lost\"}]}");
        add(
                fields,
                program.run(
                        "verify", "fields", "--json", "--level", "content", "--anchor", "a.json", "--sample", "1%"));
        add(
                fields,
                "change",
                JsonText.document(program.read("c.jsonl").lines().findFirst().orElseThrow()));
        add(fields, "error", program.run("list", "nothing", "--json").error());
        assertEquals(golden(), fields.toString());
    }

    private static Map<String, Object> tagChange(TestProgram program) {
        Map<String, Object> list =
                program.done("list", "fields", "--tag-changes", "--json").json();
        Map<String, Object> change = new TreeMap<>();
        ((Map<?, ?>) JsonText.at(list, "datasets.0.tagChanges.0"))
                .forEach((name, value) -> change.put((String) name, value));
        return change;
    }

    /** Enough rows for a new column to equal a removed one beyond chance. */
    private static TestProgram.Ended renamed(TestProgram program) {
        String rows = IntStream.rangeClosed(1, 40)
                .mapToObj(id -> id + ",name " + id + "\n")
                .collect(Collectors.joining());
        program.file("client.csv", "ID,CLIENT\n" + rows);
        program.file("customer.csv", "ID,CUSTOMER\n" + rows);
        return program.done("compare", "renamed", "source:client.csv", "source:customer.csv", "--key", "ID", "--json");
    }

    private static TestProgram.Ended with(TestProgram program, String[] more, String... arguments) {
        String[] all =
                Stream.concat(Arrays.stream(arguments), Arrays.stream(more)).toArray(String[]::new);
        return program.done(all);
    }

    private static void add(StringBuilder fields, TestProgram.Ended ended) {
        Map<String, Object> document = ended.json();
        add(fields, (String) document.get("command"), document);
    }

    private static void add(StringBuilder fields, String name, Map<String, Object> document) {
        fields.append(name)
                .append('\n')
                .append(JsonText.fields(document).stream()
                        .map(field -> "  " + field + "\n")
                        .collect(Collectors.joining()));
    }

    private static String golden() throws IOException {
        try (InputStream stream = JsonFieldsTest.class.getResourceAsStream("json-fields.txt")) {
            return stream == null ? "" : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
