package io.hybridsnapshot.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StandardOutputTest {
    @Test
    void aFullDiskIsRememberedAlsoWhereOnlyTheLastFlushMeetsIt() {
        assertEquals(Optional.of("No space left on device"), failure("No space left on device"));
    }

    @Test
    void aReaderThatHasGoneIsNoFailure() {
        assertEquals(Optional.empty(), failure("Broken pipe"));
    }

    @Test
    void whatIsWrittenArrives() {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        StandardOutput output = new StandardOutput(target);
        try (PrintStream out = new PrintStream(output, false, StandardCharsets.UTF_8)) {
            out.print("añb");
        }
        assertEquals("añb", target.toString(StandardCharsets.UTF_8));
        assertEquals(Optional.empty(), output.failure());
    }

    private static Optional<String> failure(String message) {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException(message);
            }
        };
        StandardOutput output = new StandardOutput(full);
        PrintStream out = new PrintStream(new BufferedOutputStream(output, 64), false, StandardCharsets.UTF_8);
        out.println("few");
        out.flush();
        return output.failure().map(IOException::getMessage);
    }
}
