package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** If Java cannot decode an argument, it inserts U+FFFD, so that different texts become the same. */
class LostCharactersTest {
    @TempDir
    Path directory;

    @Test
    void anArgumentThatLostCharactersIsRefusedBeforeAnythingIsDone() {
        TestProgram program = new TestProgram(directory);
        program.file("s.csv", "id,v\n1,x\n");
        TestProgram.Ended ended =
                program.run("save", "orders", "--source", "s.csv", "--key", "id", "--partition", "Z\uFFFD\uFFFDrich");
        assertEquals(2, ended.code(), ended.err());
        assertTrue(
                ended.err().startsWith("error: an argument has characters that were lost (argument 8): found 'Z"),
                ended.err());
        assertTrue(ended.err().contains("set LC_ALL=C.UTF-8"), ended.err());
        assertFalse(Files.exists(directory.resolve("work")));
    }

    @Test
    void theErrorIsADocumentWhereOneIsAskedFor() {
        TestProgram.Ended ended = new TestProgram(directory).run("redact", "orders", "--key", "M\uFFFDnchen", "--json");
        assertEquals(2, ended.code(), ended.err());
        assertEquals("INVALID_REQUEST", ((Map<?, ?>) ended.error().get("error")).get("kind"));
        assertEquals("argument 4", ((Map<?, ?>) ended.error().get("error")).get("where"));
    }
}
