package io.hybridsnapshot.engine.redaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.Orders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyTextsTest {
    @TempDir
    Path directory;

    @Test
    void theTextOfOneColumnIsTheKeyItself() {
        assertEquals(List.of(Optional.of("A, \"B\"")), KeyTexts.ofText("A, \"B\"", 1));
        assertEquals(List.of(Optional.of("")), KeyTexts.ofText("", 1));
    }

    @Test
    void theTextOfSeveralColumnsIsALineOfCsv() {
        assertEquals(
                List.of(Optional.of("A, \"B\""), Optional.of("1"), Optional.empty(), Optional.of("")),
                KeyTexts.ofText("\"A, \"\"B\"\"\",1,,\"\"", 4));
        assertEquals(List.of(Optional.of("A"), Optional.empty()), KeyTexts.ofText("A,", 2));
        for (String wrong : List.of("\"C,2", "C\"D,2", "\"C\"D,2")) {
            SnapshotException error = assertThrows(SnapshotException.class, () -> KeyTexts.ofText(wrong, 2));
            assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
            assertFalse(error.getMessage().contains("C"), "no key is shown: " + error.getMessage());
        }
    }

    @Test
    void rowsGiveTheirKeyColumnsInTheKeysOrder() {
        Orders orders = new Orders().put("JOO-1", "GREYSON", 7, "x").put("JOO-2", "OTHER", null, "y");
        assertEquals(
                List.of(
                        List.of(Optional.of("7"), Optional.of("JOO-1")),
                        List.of(Optional.empty(), Optional.of("JOO-2"))),
                KeyTexts.ofRows(orders.source(), List.of("QTY", "ORDER")));
        SnapshotException error = assertThrows(
                SnapshotException.class, () -> KeyTexts.ofRows(orders.source(), List.of("ORDER", "NUMBER")));
        assertTrue(error.getMessage().contains("lacks a key column (orders)"), error.getMessage());
        assertTrue(error.getMessage().contains("no column 'NUMBER'"), error.getMessage());
        assertTrue(error.getMessage().endsWith("use KeyTexts.ofLines"), error.getMessage());
    }

    @Test
    void linesAreKeysWithoutBlankOnesAndAByteOrderMark() throws IOException {
        Path file = Files.writeString(directory.resolve("keys.txt"), "\uFEFFC, 1\r\n\r\n \n\"D\"\n");
        assertEquals(List.of(List.of(Optional.of("C, 1")), List.of(Optional.of("\"D\""))), KeyTexts.ofLines(file));
        Path latin = Files.write(directory.resolve("latin.txt"), new byte[] {'M', (byte) 0xFC, '\n'});
        SnapshotException coded = assertThrows(SnapshotException.class, () -> KeyTexts.ofLines(latin));
        assertTrue(coded.getMessage().contains("not UTF-8"), coded.getMessage());
        SnapshotException missing =
                assertThrows(SnapshotException.class, () -> KeyTexts.ofLines(directory.resolve("missing.txt")));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, missing.kind());
    }
}
