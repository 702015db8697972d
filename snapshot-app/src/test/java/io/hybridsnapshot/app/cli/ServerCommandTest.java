package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded server between commands, on a home of its own. */
class ServerCommandTest {
    @TempDir
    Path directory;

    private String home() {
        return directory.resolve("home").toString();
    }

    private Map<String, Object> json(String... arguments) {
        List<String> call = new java.util.ArrayList<>(List.of(arguments));
        call.addAll(List.of("--json", "--home", home()));
        return new TestProgram(directory).done(call.toArray(String[]::new)).json();
    }

    @AfterEach
    void stop() {
        new TestProgram(directory).done("server", "stop", "--home", home());
    }

    @Test
    void aKeptServerServesCommandsAndStopsByItself() throws Exception {
        Map<String, Object> none = json("server", "status");
        assertEquals("NOT_RUNNING", none.get("outcome"));
        assertEquals(false, none.get("running"));
        assertFalse(Files.exists(Path.of(home())), "a question makes nothing");
        Map<String, Object> started = json("server", "start", "--idle", "300");
        assertEquals("STARTED", started.get("outcome"));
        assertEquals(true, started.get("kept"));
        assertEquals("300", String.valueOf(started.get("idleSeconds")));
        Path pidFile = directory.resolve("home/postgresql/data/postmaster.pid");
        String server = Files.readString(pidFile).lines().findFirst().orElseThrow();
        TestProgram program = new TestProgram(directory);
        program.file("rows.csv", "ID,NAME\n1,a\n");
        for (int i = 0; i < 2; i++) {
            program.done("save", "rows", "--source", "rows.csv", "--key", "ID", "--home", home());
            assertTrue(program.done("list", "--home", home()).out().contains("rows"));
            assertEquals(server, Files.readString(pidFile).lines().findFirst().orElseThrow());
        }
        assertEquals("ALREADY_RUNNING", json("server", "start").get("outcome"));
        Map<String, Object> status = json("server", "status");
        assertEquals("RUNNING", status.get("outcome"));
        assertEquals(started.get("keeper"), status.get("keeper"));
        assertEquals("STOPPED", json("server", "stop").get("outcome"));
        assertEquals("NOT_RUNNING", json("server", "stop").get("outcome"));

        program.with("SNAPSHOT_SERVER_IDLE_SECONDS", "1");
        String text = program.done("server", "start", "--home", home()).out();
        assertTrue(text.startsWith("started and kept running"), text);
        assertTrue(text.contains("stops after 1 seconds without use"), text);
        long begin = System.nanoTime();
        while (json("server", "status").get("running").equals(true)) {
            assertTrue(System.nanoTime() - begin < 60_000_000_000L, "it does not stop by itself");
            Thread.sleep(100);
        }
        // As before the first start: the command starts it and stops it.
        assertTrue(program.done("list", "--home", home()).out().contains("rows"));
        assertEquals(false, json("server", "status").get("running"));
    }

    @Test
    void wrongArgumentsAndAConfigurationWithoutItAreRefused() {
        TestProgram program = new TestProgram(directory);
        for (String[] wrong : new String[][] {
            {"server"},
            {"server", "fly"},
            {"server", "start", "--idle", "0"},
            {"server", "start", "--idle", "-1"},
            {"server", "stop", "--idle", "5"}
        }) {
            assertEquals(2, program.run(wrong).code(), List.of(wrong).toString());
        }
        String said = program.run("server", "fly").err();
        assertTrue(said.contains("found 'fly', expected start, stop or status"), said);
        program.with("SNAPSHOT_SERVER_IDLE_SECONDS", "0");
        TestProgram.Ended setting = program.run("server", "start", "--home", home());
        assertEquals(2, setting.code());
        assertTrue(setting.err().contains("SNAPSHOT_SERVER_IDLE_SECONDS"), setting.err());
        TestProgram.Ended external = new TestProgram(directory)
                .with("KESTRA_POSTGRES_HOST", "127.0.0.1")
                .with("KESTRA_POSTGRES_USER", "nobody")
                .run("server", "start", "--home", home());
        assertEquals(2, external.code());
        assertTrue(external.err().contains("uses no embedded PostgreSQL"), external.err());
        assertFalse(Files.exists(Path.of(home())));
    }
}
