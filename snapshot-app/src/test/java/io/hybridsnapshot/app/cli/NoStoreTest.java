package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Commands on stored snapshots refuse a home without a store, and make none. */
class NoStoreTest {
    @TempDir
    Path directory;

    static Stream<List<String>> commandsOnWhatIsStored() {
        return Stream.of(
                        "list",
                        "list orders --json",
                        "stats",
                        "verify",
                        "recover orders",
                        "backup stores.zip",
                        "compare orders",
                        "export orders current --to out.csv",
                        "report trends orders --to trends.html",
                        "cleanup orders",
                        "hold orders 1 --reason audit",
                        "release orders 1",
                        "tag orders 1 run=nightly",
                        "redact orders --key 1 --reason request",
                        "undo orders",
                        "forget orders")
                .map(line -> Arrays.asList(line.split(" ")));
    }

    @ParameterizedTest
    @MethodSource("commandsOnWhatIsStored")
    void aMistypedHomeIsReported(List<String> command) throws Exception {
        TestProgram program = new TestProgram(directory).with("SNAPSHOT_HOME", "mistyped");
        TestProgram.Ended ended = program.run(command.toArray(String[]::new));
        assertEquals(2, ended.code(), ended.out() + ended.err());
        assertTrue(ended.err().contains("there is no store here yet"), ended.err());
        assertTrue(ended.err().contains(directory.resolve("mistyped").toString()), ended.err());
        assertFalse(Files.exists(directory.resolve("mistyped")), "made nothing");
    }

    @Test
    void anEmptyDirectoryHoldsNoStoreEither() throws Exception {
        Files.createDirectories(directory.resolve("mounted/postgresql"));
        TestProgram.Ended ended =
                new TestProgram(directory).with("SNAPSHOT_HOME", "mounted").run("verify");
        assertEquals(2, ended.code(), ended.out() + ended.err());
        assertTrue(ended.err().contains("there is no store here yet"), ended.err());
    }
}
