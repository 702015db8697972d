package io.hybridsnapshot.app.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A separate process with two small disks: {@code home}, the place of the embedded PostgreSQL, and {@code small}, of
 * one megabyte. It fills them, runs commands, and prints the result of each step.
 */
final class FullDiskProgram {
    private static final int ROWS = 60_000;
    private static final int BLOCK = 1 << 16;

    private final Path directory;
    private final Path home;

    private FullDiskProgram(Path directory) {
        this.directory = directory;
        this.home = directory.resolve("home");
    }

    public static void main(String[] arguments) throws IOException {
        FullDiskProgram program = new FullDiskProgram(Path.of(arguments[0]));
        program.table("few.csv", 10);
        program.table("many.csv", ROWS);
        switch (arguments[1]) {
            case "server" -> program.server();
            case "files" -> program.files();
            default -> throw new IllegalArgumentException(arguments[1]);
        }
        System.out.println("END");
    }

    private void server() throws IOException {
        Path elsewhere = directory.resolve("work");
        step("first", elsewhere, "save", "T", "--source", "few.csv", "--key", "id");
        fill(36 << 20);
        step("mid-save", elsewhere, "save", "T", "--source", "many.csv", "--key", "id");
        step("list after", elsewhere, "list", "T");
        Files.delete(home.resolve("filler"));
        step("room again", elsewhere, "list", "T");
        fill(0);
        step("list full", elsewhere, "list", "T");
        step("verify full", elsewhere, "verify", "T");
        step("export full", elsewhere, "export", "T", "--to", "out.csv");
        step("save full", elsewhere, "save", "T", "--source", "few.csv", "--key", "id");
        fill(0);
        Files.deleteIfExists(home.resolve("postgresql/reserve"));
        fill(0);
        step("no reserve", elsewhere, "list", "T");
        Files.deleteIfExists(home.resolve("filler"));
        step("again", elsewhere, "save", "T", "--source", "many.csv", "--key", "id");
        step("verified", elsewhere, "verify", "T", "--level", "catalogue,cross,digest,content");
    }

    private void files() throws IOException {
        Path small = directory.resolve("small");
        Path elsewhere = directory.resolve("work");
        step("first", elsewhere, "save", "T", "--source", "few.csv", "--key", "id");
        step("scratch", small, "save", "T", "--source", "many.csv", "--key", "id");
        step("best-effort", small, "save", "T", "--source", "many.csv", "--key", "id", "--archive", "best-effort");
        step(
                "changes",
                elsewhere,
                "detect",
                "T",
                "--source",
                "many.csv",
                "--key",
                "id",
                "--changes",
                small.resolve("c.json").toString());
        step("saved", elsewhere, "save", "T", "--source", "many.csv", "--key", "id");
        step("export", elsewhere, "export", "T", "--to", small.resolve("t.csv").toString());
        step(
                "export parquet",
                elsewhere,
                "export",
                "T",
                "--to",
                small.resolve("t.parquet").toString());
        step("backup", elsewhere, "backup", small.resolve("b.zip").toString());
        step("verified", elsewhere, "verify", "T", "--level", "catalogue,cross,digest,content");
        try (var left = Files.list(small)) {
            System.out.println("LEFT " + left.map(Path::getFileName).toList());
        }
    }

    private void step(String name, Path work, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = new SnapshotProgram(TestConsole.piped(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        Map.of("SNAPSHOT_HOME", home.toString(), "SNAPSHOT_WORK_DIRECTORY", work.toString()),
                        directory))
                .run(arguments);
        String said = code == 0 ? out.toString(StandardCharsets.UTF_8) : err.toString(StandardCharsets.UTF_8);
        System.out.println("STEP " + name + "\t" + code + "\t"
                + String.join(" | ", said.lines().toList()));
    }

    /** Leaves {@code free} bytes on the disk of the home. */
    private void fill(long free) throws IOException {
        Path filler = home.resolve("filler");
        Files.deleteIfExists(filler);
        long wanted = Files.getFileStore(home).getUsableSpace() - free;
        byte[] block = new byte[BLOCK];
        try (OutputStream file = Files.newOutputStream(filler)) {
            for (long written = 0; written < wanted; written += block.length) {
                file.write(block, 0, (int) Math.min(block.length, wanted - written));
            }
        }
    }

    private void table(String name, int rows) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        byte[] bytes = new byte[40];
        StringBuilder text = new StringBuilder("id,a,b\n");
        for (int row = 0; row < rows; row++) {
            random.nextBytes(bytes);
            text.append(row).append(',').append(Arrays.hashCode(bytes)).append(',');
            text.append(HexFormat.of().formatHex(bytes)).append('\n');
        }
        Files.writeString(directory.resolve(name), text);
    }
}
