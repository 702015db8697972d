package io.hybridsnapshot.app.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
    @TempDir
    Path directory;

    private OutputFile check(String name) {
        return OutputFile.check(directory, Path.of(name), Replacement.ALWAYS, ProtectedFiles.NONE);
    }

    private static void write(OutputFile output, String text) throws IOException {
        try (PendingOutput pending = output.open(OutputStream.nullOutputStream())) {
            pending.stream().write(text.getBytes(StandardCharsets.UTF_8));
            assertEquals(text.length(), pending.finish());
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static SnapshotException.Kind kind(Runnable work) {
        return assertThrows(SnapshotException.class, work::run).kind();
    }

    @Nested
    class RegularFiles {
        @Test
        void appearWhenTheyAreWhole() throws IOException {
            OutputFile output = check("new.txt");
            try (PendingOutput pending = output.open(OutputStream.nullOutputStream())) {
                pending.stream().write('x');
                assertFalse(Files.exists(directory.resolve("new.txt")));
                assertTrue(names().stream().allMatch(name -> name.endsWith(".part")), names().toString());
                pending.finish();
            }
            assertEquals(List.of("new.txt"), names());
            assertEquals("x", Files.readString(directory.resolve("new.txt")));
        }

        @Test
        void stayAsTheyWereIfTheNewOneIsNotFinished() throws IOException {
            Path file = Files.writeString(directory.resolve("old.txt"), "old");
            try (PendingOutput pending = check("old.txt").open(OutputStream.nullOutputStream())) {
                pending.stream().write('x');
            }
            assertEquals("old", Files.readString(file));
            assertEquals(List.of("old.txt"), names());
        }

        @Test
        void areReplacedOnlyWhereThatIsAllowed() throws IOException {
            Path file = Files.writeString(directory.resolve("old.txt"), "old");
            assertEquals(
                    SnapshotException.Kind.INVALID_REQUEST,
                    kind(() ->
                            OutputFile.check(directory, Path.of("old.txt"), Replacement.NEVER, ProtectedFiles.NONE)));
            write(OutputFile.check(directory, Path.of("old.txt"), Replacement.ALWAYS, ProtectedFiles.NONE), "new");
            assertEquals("new", Files.readString(file));
        }

        @Test
        @EnabledOnOs({OS.LINUX, OS.MAC})
        void keepPermissionsAndOwner() throws IOException {
            Path file = Files.writeString(directory.resolve("old.txt"), "old");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
            Object owner = Files.getFileAttributeView(file, FileOwnerAttributeView.class)
                    .getOwner();
            write(check("old.txt"), "new");
            assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertEquals(owner, Files.getOwner(file));
        }

        @Test
        @EnabledOnOs({OS.LINUX, OS.MAC})
        void keepTheOwnerThatAnotherUserIs() throws IOException {
            Path file = Files.writeString(directory.resolve("old.txt"), "old");
            try {
                Files.setAttribute(file, "unix:uid", 12345);
            } catch (IOException e) {
                assumeTrue(false, "only the superuser gives a file away");
            }
            write(check("old.txt"), "new");
            assertEquals(12345, Files.getAttribute(file, "unix:uid"));
        }

        @Test
        void ofVeryLongNamesAreWritten() throws IOException {
            String name = "x".repeat(250);
            write(check(name), "text");
            assertEquals(List.of(name), names());
        }

        @Test
        void needADirectory() {
            SnapshotException e = assertThrows(SnapshotException.class, () -> check("nowhere/new.txt"));
            assertEquals(SnapshotException.Kind.INVALID_REQUEST, e.kind());
            assertEquals(directory.resolve("nowhere").toString(), e.where().orElseThrow());
            assertEquals(SnapshotException.Kind.INVALID_REQUEST, kind(() -> check(".")));
        }
    }

    @Nested
    @EnabledOnOs({OS.LINUX, OS.MAC})
    class Links {
        @Test
        void areFollowedAndStay() throws IOException {
            Path file = Files.writeString(directory.resolve("file.txt"), "old");
            Files.createSymbolicLink(directory.resolve("inner"), Path.of("file.txt"));
            Path link = Files.createSymbolicLink(directory.resolve("outer"), directory.resolve("inner"));
            write(check("outer"), "new");
            assertEquals("new", Files.readString(file));
            assertTrue(Files.isSymbolicLink(link));
            assertTrue(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS));
        }

        @Test
        void thatLeadToNothingMakeTheirTarget() throws IOException {
            Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("target.txt"));
            write(check("link"), "new");
            assertTrue(Files.isSymbolicLink(link));
            assertEquals("new", Files.readString(directory.resolve("target.txt")));
        }

        @Test
        void inACircleAreRefused() throws IOException {
            Files.createSymbolicLink(directory.resolve("one"), Path.of("two"));
            Files.createSymbolicLink(directory.resolve("two"), Path.of("one"));
            assertThrows(SnapshotException.class, () -> check("one"));
        }
    }

    @Nested
    class Inputs {
        @Test
        void areNeverReplacedByWhateverNameTheyAreReached() throws IOException {
            Path input = Files.writeString(directory.resolve("input.csv"), "old");
            Files.createSymbolicLink(directory.resolve("soft.csv"), input);
            Files.createLink(directory.resolve("hard.csv"), input);
            ProtectedFiles inputs = ProtectedFiles.NONE.with(input, "the source");
            for (String name : List.of("input.csv", "./input.csv", "soft.csv", "hard.csv")) {
                SnapshotException e = assertThrows(
                        SnapshotException.class,
                        () -> OutputFile.check(directory, Path.of(name), Replacement.ALWAYS, inputs));
                assertEquals(SnapshotException.Kind.INVALID_REQUEST, e.kind());
                assertTrue(e.getMessage().contains("the source"), e.getMessage());
            }
        }

        @Test
        void thatAreLinksAreProtectedToo() throws IOException {
            Path real = Files.writeString(directory.resolve("real.csv"), "old");
            Path link = Files.createSymbolicLink(directory.resolve("link.csv"), real);
            ProtectedFiles inputs = ProtectedFiles.NONE.with(link, "the source");
            assertThrows(
                    SnapshotException.class,
                    () -> OutputFile.check(directory, Path.of("real.csv"), Replacement.ALWAYS, inputs));
        }
    }

    @Nested
    class OtherThanRegularFiles {
        @Test
        @EnabledOnOs({OS.LINUX, OS.MAC})
        void aFifoIsWrittenThroughAndStays() throws Exception {
            Path fifo = directory.resolve("fifo");
            assumeTrue(run("mkfifo", fifo.toString()), "no mkfifo");
            CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> {
                try {
                    return Files.readString(fifo);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            write(OutputFile.check(directory, Path.of("fifo"), Replacement.NEVER, ProtectedFiles.NONE), "through");
            assertEquals("through", read.get(20, TimeUnit.SECONDS));
            assertEquals(List.of("fifo"), names());
            assertFalse(Files.isRegularFile(fifo));
        }

        @Test
        @EnabledOnOs(OS.LINUX)
        void aDeviceIsWrittenThroughAndStaysAlsoForAWriterOfFiles() throws Exception {
            // A device of this test alone, which discards every byte.
            Path device = directory.resolve("swallow");
            assumeTrue(run("mknod", device.toString(), "c", "1", "3"), "only the superuser makes devices");
            assumeTrue(run("sh", "-c", "echo x > '" + device + "'"), "the file system allows no devices");
            write(check("swallow"), "gone");
            try (PendingOutput pending = check("swallow").open(OutputStream.nullOutputStream())) {
                Files.writeString(pending.file(), "four");
                assertEquals(4, pending.finish());
            }
            assertEquals(List.of("swallow"), names());
            assertTrue(Files.readAttributes(device, BasicFileAttributes.class).isOther());
        }

        @Test
        @EnabledOnOs(OS.LINUX)
        void aDescriptorIsWrittenThroughAlsoWhereItIsARegularFile() throws Exception {
            // In a separate process, since this one's descriptors are not the test's.
            Path file = Files.writeString(directory.resolve("file"), "kept,");
            try (OutputStream open = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
                Path descriptor = descriptorOf(file);
                write(OutputFile.check(directory, descriptor, Replacement.NEVER, ProtectedFiles.NONE), "more");
                open.write('!');
            }
            assertEquals("kept,more!", Files.readString(file));
        }

        private Path descriptorOf(Path file) throws IOException {
            try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
                return descriptors
                        .filter(each -> {
                            try {
                                return Files.readSymbolicLink(each).equals(file.toRealPath());
                            } catch (IOException e) {
                                return false;
                            }
                        })
                        .findFirst()
                        .orElseThrow();
            }
        }

        @Test
        void aHyphenIsStdout() throws IOException {
            OutputFile output = check("-");
            assertTrue(output.isStdout());
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (PendingOutput pending = output.open(out)) {
                pending.stream().write('x');
                assertEquals(1, pending.finish());
            }
            assertEquals("x", out.toString(StandardCharsets.UTF_8));
            assertEquals(List.of(), names());
        }

        @Test
        @EnabledOnOs(OS.LINUX)
        void theProcessesOwnFirstDescriptorIsStdout() {
            assertTrue(check("/proc/self/fd/1").isStdout());
            assertFalse(check("/proc/self/fd/2").isStdout());
        }
    }

    private static boolean run(String... command) throws Exception {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
