package io.hybridsnapshot.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleFilesTest {
    @TempDir
    Path directory;

    @Test
    void eachTableStartsWithItsKeyColumn() throws IOException {
        for (String name : SampleFiles.COMPAT) {
            assertEquals(SampleFiles.COMPAT_KEY, header(name).get(0));
            assertEquals(110, header(name).size());
        }
        for (String name : SampleFiles.RATES) {
            assertEquals(SampleFiles.RATES_KEY, header(name).get(0));
        }
    }

    @Test
    void theLastDayOfRatesLacksAColumn() throws IOException {
        List<String> before = header(SampleFiles.RATES.get(1));
        List<String> after = header(SampleFiles.RATES.get(2));
        assertEquals(
                List.of("BTCB"),
                before.stream().filter(name -> !after.contains(name)).toList());
        assertTrue(before.containsAll(after));
    }

    @Test
    void filesAreCopiedByteForByteIntoADirectoryThatIsMade() throws IOException {
        Path target = directory.resolve("a/b");
        List<Path> copies = SampleFiles.copyTo(target);
        assertEquals(
                SampleFiles.names(),
                copies.stream().map(path -> path.getFileName().toString()).toList());
        for (Path copy : copies) {
            try (InputStream in = SampleFiles.open(copy.getFileName().toString())) {
                assertEquals(-1, mismatch(in.readAllBytes(), Files.readAllBytes(copy)));
            }
        }
        assertEquals(
                Stream.concat(SampleFiles.names().stream(), Stream.of(SampleFiles.NOTICE))
                        .collect(Collectors.toSet()),
                names(target));
    }

    @Test
    void onlyFilesThatDifferAreWrittenAgain() throws IOException {
        List<Path> copies = SampleFiles.copyTo(directory);
        FileTime longAgo = FileTime.fromMillis(1_000_000);
        for (Path copy : copies) {
            Files.setLastModifiedTime(copy, longAgo);
        }
        byte[] right = Files.readAllBytes(copies.get(2));
        byte[] wrong = right.clone();
        wrong[wrong.length / 2] ^= 1;
        Files.write(copies.get(2), wrong);
        Files.setLastModifiedTime(copies.get(2), longAgo);
        Files.delete(copies.get(4));
        SampleFiles.copyTo(directory);
        Map<Boolean, List<Path>> written =
                copies.stream().collect(Collectors.partitioningBy(copy -> modified(copy, longAgo)));
        assertEquals(List.of(copies.get(2), copies.get(4)), written.get(true));
        assertEquals(-1, mismatch(right, Files.readAllBytes(copies.get(2))));
    }

    @Test
    void aFileInTheDirectorysPlaceIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("taken"), "x");
        SnapshotException error = assertThrows(SnapshotException.class, () -> SampleFiles.copyTo(file));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains(file.toString()), error.getMessage());
    }

    @Test
    void anUnknownNameIsRefused() {
        SnapshotException error =
                assertThrows(SnapshotException.class, () -> SampleFiles.open("orders_unified_columns.csv"));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
    }

    @Test
    void theNoticeTellsSourceAndLicenceOfEachFile() throws IOException {
        try (InputStream in = SampleFiles.open(SampleFiles.NOTICE)) {
            String notice = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String wanted : Set.of("CC0", "@mdn/browser-compat-data", "@fawazahmed0/currency-api")) {
                assertTrue(notice.contains(wanted), wanted);
            }
            assertTrue(SampleFiles.names().stream().allMatch(notice::contains));
        }
    }

    private static List<String> header(String name) throws IOException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(SampleFiles.open(name)), StandardCharsets.UTF_8))) {
            return List.of(lines.readLine().split(","));
        }
    }

    private static int mismatch(byte[] a, byte[] b) {
        return Arrays.mismatch(a, b);
    }

    private static boolean modified(Path file, FileTime since) {
        try {
            return !Files.getLastModifiedTime(file).equals(since);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }
}
