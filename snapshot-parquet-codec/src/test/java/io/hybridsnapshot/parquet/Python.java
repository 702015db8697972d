package io.hybridsnapshot.parquet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A Python with NumPy, pyarrow and Polars. It is the one named by the system property {@code python} ({@code python3}
 * by default), if that has the releases named here. Otherwise it is a virtual environment in the module's
 * {@code target}. The environment is created once and takes half a minute and 300 MB. Without a network, or without
 * Python, there is none.
 */
final class Python {
    private static final String NAMED = System.getProperty("python", "python3");
    private static final String NUMPY = "2.4.6";
    private static final String PYARROW = "26.0.1";
    private static final String POLARS = "2.1.0";
    private static final String PACKAGES =
            "import numpy, pyarrow.parquet, polars; assert [m.__version__.split('.')[0] for m in"
                    + " (pyarrow, polars)] == ['" + major(PYARROW) + "', '" + major(POLARS) + "']";
    private static final Path ENVIRONMENT = Path.of("target", "python");
    private static final long PATIENCE_SECONDS = 180;

    private static Optional<String> found;

    private Python() {}

    /** The program, or empty. A test that needs the program is then skipped and reports that. */
    static synchronized Optional<String> find() throws IOException, InterruptedException {
        if (found == null) {
            found = has(NAMED) ? Optional.of(NAMED) : made();
        }
        return found;
    }

    /** Runs a program and returns its output. If the program fails, the call fails with that output. */
    static String run(Path directory, String program, String... arguments) throws IOException, InterruptedException {
        Path script = directory.resolve("program.py");
        Files.writeString(script, program);
        List<String> command = new ArrayList<>(List.of(find().orElseThrow(), script.toString()));
        command.addAll(List.of(arguments));
        Path output = directory.resolve("output.txt");
        boolean fine = succeeds(output, command);
        String text = Files.readString(output);
        if (!fine) {
            throw new AssertionError(text);
        }
        return text;
    }

    private static Optional<String> made() throws IOException, InterruptedException {
        String program = ENVIRONMENT.resolve("bin/python").toAbsolutePath().toString();
        if (has(program)) {
            return Optional.of(program);
        }
        Path log = Files.createTempFile("python", ".log");
        try {
            boolean made = succeeds(log, List.of(NAMED, "-m", "venv", ENVIRONMENT.toString()))
                    && succeeds(
                            log,
                            List.of(
                                    program,
                                    "-m",
                                    "pip",
                                    "install",
                                    "--quiet",
                                    "--only-binary=:all:",
                                    "--retries=0",
                                    "--timeout=10",
                                    "numpy==" + NUMPY,
                                    "pyarrow==" + PYARROW,
                                    "polars==" + POLARS));
            return made && has(program) ? Optional.of(program) : Optional.empty();
        } finally {
            Files.delete(log);
        }
    }

    private static String major(String version) {
        return version.substring(0, version.indexOf('.'));
    }

    private static boolean has(String program) throws IOException, InterruptedException {
        return succeeds(null, List.of(program, "-c", PACKAGES));
    }

    private static boolean succeeds(Path output, List<String> command) throws InterruptedException, IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(
                output == null ? ProcessBuilder.Redirect.DISCARD : ProcessBuilder.Redirect.to(output.toFile()));
        builder.environment().put("PYTHONUTF8", "1");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return false;
        }
        try {
            return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } finally {
            process.destroyForcibly();
        }
    }
}
