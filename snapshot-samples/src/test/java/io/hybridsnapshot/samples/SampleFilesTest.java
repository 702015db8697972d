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
    void each_table_starts_with_its_key_column() throws IOException {
        for (String name : SampleFiles.COMPAT) {
            assertEquals(SampleFiles.COMPAT_KEY, header(name).get(0));
            assertEquals(110, header(name).size());
        }
        for (String name : SampleFiles.RATES) {
            assertEquals(SampleFiles.RATES_KEY, header(name).get(0));
        }
    }

    @Test
    void the_last_day_of_rates_lacks_a_column() throws IOException {
        List<String> before = header(SampleFiles.RATES.get(1));
        List<String> after = header(SampleFiles.RATES.get(2));
        assertEquals(
                List.of("BTCB"),
                before.stream().filter(name -> !after.contains(name)).toList());
        assertTrue(before.containsAll(after));
    }

    @Test
    void files_are_copied_byte_for_byte_into_a_directory_that_is_made() throws IOException {
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
    void only_files_that_differ_are_written_again() throws IOException {
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
    void a_file_in_the_directorys_place_is_refused() throws IOException {
        Path file = Files.writeString(directory.resolve("taken"), "x");
        SnapshotException error = assertThrows(SnapshotException.class, () -> SampleFiles.copyTo(file));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains(file.toString()), error.getMessage());
    }

    @Test
    void an_unknown_name_is_refused() {
        SnapshotException error =
                assertThrows(SnapshotException.class, () -> SampleFiles.open("orders_unified_columns.csv"));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
    }

    @Test
    void the_notice_tells_source_and_licence_of_each_file() throws IOException {
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
