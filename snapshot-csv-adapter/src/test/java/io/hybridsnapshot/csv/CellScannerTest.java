package io.hybridsnapshot.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The scanner finds the cells, lines and faults that FastCSV finds, wherever the buffer ends. */
class CellScannerTest {
    private static final String[] PIECES = {
        "a",
        "bc",
        "12",
        " ",
        "\t",
        "\0",
        "\u000b",
        ",",
        ",",
        ",",
        ",,,,,,,,,",
        ";",
        "\"",
        "\"\"",
        "\"x\"",
        "\"x\",",
        ",\"",
        "\n",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "é",
        "€",
        "😀",
        "\uFEFF",
        "eight ch",
        "a text of more than eight bytes",
        "\"a,b\"",
        "\"a\"\"b\"",
        "\"\r\n\"",
        "\"\r\",\"\n\"",
        "\"\"\"\"",
        "\u0085",
        "\u2028"
    };

    @Test
    void anyBytesGiveWhatFastCsvGives() throws IOException {
        Map<String, Integer> faults = new HashMap<>();
        for (int seed = 0; seed < 15_000; seed++) {
            Random random = new Random(seed);
            assertSame(bytes(random, 1 + random.nextInt(40)), random, seed, faults);
        }
        // Each kind of fault was met often enough to count as compared.
        for (CellScanner.Fault fault : CellScanner.Fault.values()) {
            if (fault != CellScanner.Fault.CELL_TOO_LONG) {
                assertTrue(faults.getOrDefault(fault.name(), 0) > 100, faults.toString());
            }
        }
        assertTrue(faults.getOrDefault("MALFORMED", 0) > 100, faults.toString());
    }

    @Test
    void tablesOfOneWidthGiveWhatFastCsvGives() throws IOException {
        Map<String, Integer> faults = new HashMap<>();
        for (int seed = 0; seed < 6_000; seed++) {
            Random random = new Random(seed);
            assertSame(table(random), random, seed, faults);
        }
        assertTrue(faults.get("NONE") > 4_500, faults.toString());
    }

    /** Odd pieces in any order, and sometimes a byte that is wrong. */
    private static byte[] bytes(Random random, int pieces) {
        StringBuilder text = new StringBuilder(random.nextInt(10) == 0 ? "\uFEFF" : "");
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(8) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) (0x80 + random.nextInt(0x80));
        }
        return bytes;
    }

    /** Rows of one width, in which any cell may be quoted, blank lines, and any line ends. */
    private static byte[] table(Random random) {
        StringBuilder text = new StringBuilder();
        int width = 1 + random.nextInt(random.nextInt(4) == 0 ? 60 : 5);
        String lineEnd = new String[] {"\n", "\r\n", "\r"}[random.nextInt(3)];
        int sparse = 1 + random.nextInt(10);
        for (int row = 1 + random.nextInt(12); row > 0; row--) {
            for (int field = 0; field < width; field++) {
                text.append(field == 0 ? "" : ",");
                if (random.nextInt(sparse) > 0) {
                    continue;
                }
                String cell = RandomTables.text(random);
                boolean isPlain = !cell.startsWith("\"") && cell.chars().noneMatch(c -> ",\n\r".indexOf(c) >= 0);
                text.append(isPlain && random.nextInt(3) > 0 ? cell : "\"" + cell.replace("\"", "\"\"") + "\"");
            }
            text.append(row == 1 && random.nextBoolean() ? "" : lineEnd);
            text.append(random.nextInt(9) == 0 ? lineEnd : "");
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        return bytes.length == 0 ? new byte[] {'x'} : bytes;
    }

    private static void assertSame(byte[] bytes, Random random, int seed, Map<String, Integer> faults)
            throws IOException {
        List<String> expected = FastCsv.read(bytes, ',', '"');
        assertEquals(
                expected,
                scanned(bytes, random),
                () -> "seed " + seed + ": " + new String(bytes, StandardCharsets.ISO_8859_1));
        String fault = expected.get(expected.size() - 1);
        faults.merge(fault.startsWith("MALFORMED") ? "MALFORMED" : fault, 1, Integer::sum);
    }

    private static List<String> scanned(byte[] bytes, Random random) throws IOException {
        List<String> found = new ArrayList<>();
        // The buffer grows from a few bytes, so that cells and rows end anywhere in it.
        int capacity = 4 + random.nextInt(random.nextBoolean() ? 12 : 200);
        try (Utf8Bytes in = new Utf8Bytes(dribble(bytes, random), capacity)) {
            CellScanner header = CellScanner.ofHeader(in, CsvFormat.DEFAULT, CellPass.MAX_COLUMNS + 1);
            int width = 0;
            do {
                if (!header.next(1)) {
                    found.add("NONE");
                    return found;
                }
                add(found, header, CellPass.MAX_COLUMNS + 1);
                width += header.cells;
            } while (header.rows == 0 && header.fault == CellScanner.Fault.NONE);
            CellScanner last = header;
            if (header.fault == CellScanner.Fault.NONE) {
                CellScanner rows = header.rows(CsvFormat.DEFAULT, width);
                while (rows.fault == CellScanner.Fault.NONE && rows.next(1 + random.nextInt(4))) {
                    add(found, rows, width);
                }
                last = rows;
            }
            found.add(last.fault.name());
        } catch (MalformedUtf8Exception e) {
            found.add("MALFORMED at " + e.offset());
        }
        return found;
    }

    private static void add(List<String> found, CellScanner block, int width) {
        for (int cell = 0; cell < block.cells; cell++) {
            int length = block.lengths[cell];
            found.add(block.lineOf(cell) + ":" + (block.firstField + cell) % width
                    + (length == CellScanner.QUOTED_EMPTY
                            ? " quoted"
                            : " " + new String(block.buffer, block.starts[cell], length, StandardCharsets.UTF_8)));
        }
    }

    private static InputStream dribble(byte[] bytes, Random random) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1 + random.nextInt(50)));
            }
        };
    }

    @Test
    void aRowLargerThanTheBufferComesInPieces() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Random random = new Random(7);
        for (int row = 0; row < 40; row++) {
            for (int field = 0; field < 9; field++) {
                out.writeBytes((field == 0 ? "" : ",").getBytes(StandardCharsets.UTF_8));
                String cell = "日\"\r\n".repeat(random.nextInt(3_000));
                out.writeBytes(("\"" + cell.replace("\"", "\"\"") + "\"").getBytes(StandardCharsets.UTF_8));
            }
            out.write('\n');
        }
        assertSame(out.toByteArray(), random, 7, new HashMap<>());
    }
}
