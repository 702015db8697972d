package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program with adapters that it does not know: compiled here into a jar, chosen by the configuration file, and
 * without any server.
 */
class ForeignAdaptersTest {
    private static final String SPI = "io.hybridsnapshot.domain.spi.";
    private static final List<String> PACKAGES =
            List.of("io/hybridsnapshot/testkit/memory", "io/hybridsnapshot/testkit/data");

    @TempDir
    static Path built;

    private static Path jar;

    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeAll
    static void compile() throws IOException {
        Map<String, String> sources = new HashMap<>();
        Map<String, String> services = new HashMap<>();
        for (String port : List.of("Archive", "Window", "Codec", "Source")) {
            String name = "/io/hybridsnapshot/app/adapter/My" + port + ".java.txt";
            try (InputStream source = ForeignAdaptersTest.class.getResourceAsStream(name)) {
                sources.put("com.example.My" + port, new String(source.readAllBytes(), StandardCharsets.UTF_8));
            }
            services.put(SPI + port + "Provider", "com.example.My" + port);
        }
        jar = jar(built.resolve("my-adapters.jar"), sources, services, PACKAGES);
    }

    @BeforeEach
    void configure() throws IOException {
        environment.put("SNAPSHOT_HOME", directory.resolve("home").toString());
        environment.put("MY_TOKEN", "s3cret");
        Files.createDirectories(directory.resolve("adapters"));
        Files.copy(jar, directory.resolve("adapters/my-adapters.jar"));
        Files.writeString(directory.resolve("lines.txt"), "one\ntwo\n");
        configuration("my-archive", "    token-env: MY_TOKEN\n");
    }

    private void configuration(String archive, String token) throws IOException {
        String label = UUID.randomUUID().toString();
        Files.writeString(directory.resolve("snapshot.yaml"), """
                adapters:
                  directory: adapters
                archive:
                  type: %s
                  settings:
                    label: %s
                %swindow:
                  type: my-window
                  settings: {label: %s}
                codec:
                  type: my-codec
                datasets:
                  lines:
                    source:
                      type: my-source
                      settings: {lines: lines.txt}
                    key: [LINE]
                """.formatted(archive, label, token, label));
    }

    private TestProgram.Ended run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = new SnapshotProgram(TestConsole.piped(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        environment,
                        directory))
                .run(arguments);
        return new TestProgram.Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private String done(String... arguments) {
        TestProgram.Ended ended = run(arguments);
        assertEquals(0, ended.code(), List.of(arguments) + ": " + ended.err());
        return ended.out();
    }

    private int added(String... arguments) {
        return ((Number) JsonText.at(JsonText.document(done(arguments)), "delta.counts.new")).intValue();
    }

    private String refused(String... arguments) {
        TestProgram.Ended ended = run(arguments);
        assertEquals(2, ended.code(), List.of(arguments) + ": " + ended.out() + ended.err());
        return ended.err();
    }

    @Test
    void snapshotsAreSavedListedVerifiedComparedAndExported() throws IOException {
        assertTrue(done("save", "lines").contains("Saved lines (partition ALL): 2 rows"));
        Files.writeString(directory.resolve("lines.txt"), "one\ntwo\nthree\n");
        assertEquals(1, added("detect", "lines", "--json"));
        done("save", "lines");
        assertTrue(done("list", "lines", "--columns").contains("LINE"));
        assertTrue(done("verify", "--level", "catalogue,cross,digest,content").contains("nothing found"));
        assertEquals(1, added("compare", "lines", "archive:1", "archive:2", "--json"));
        done("export", "lines", "archive:1", "--to", "first.csv");
        assertEquals("LINE\none\ntwo\n", Files.readString(directory.resolve("first.csv")));
        done("export", "lines", "--to", "second.parquet");
        byte[] parquet = Files.readAllBytes(directory.resolve("second.parquet"));
        assertEquals("PAR1", new String(parquet, 0, 4, StandardCharsets.US_ASCII), "an export is Parquet");
        done("hold", "lines", "archive:1", "--reason", "a test");
        assertFalse(Files.exists(directory.resolve("home/postgresql")), "no server was started");
    }

    @Test
    void theConfigurationShowsAdaptersTheirJarsAndSettingsAndNoSecret() {
        String shown = done("config");
        for (String part : List.of(
                "my-archive",
                "my-window",
                "my-codec",
                "adapters.source.my-source",
                "version 1.2.3",
                "my-adapters.jar",
                "archive.settings.retries")) {
            assertTrue(shown.contains(part), () -> part + " is not in\n" + shown);
        }
        assertTrue(
                shown.lines().anyMatch(line -> line.contains("archive.settings.token") && line.contains("***")), shown);
        assertFalse(shown.contains("s3cret"), shown);
        assertFalse(done("config", "--json").contains("s3cret"));
    }

    @Test
    void aSecretInTheFileAMissingSettingAndAWrongOneAreRefused() throws IOException {
        configuration("my-archive", "    token: s3cret\n");
        String direct = refused("list");
        assertTrue(direct.contains("archive.settings.token-env"), direct);
        assertFalse(direct.contains("s3cret"), direct);
        configuration("my-archive", "");
        assertTrue(refused("list").contains("archive.settings.token is missing"));
        configuration("my-archive", "    token-env: MY_TOKEN\n    retries: many\n    colour: red\n");
        String wrong = refused("list");
        assertTrue(wrong.contains("archive.settings.retries found 'many', expected a whole number"), wrong);
        assertTrue(wrong.contains("unknown key 'archive.settings.colour'"), wrong);
        assertFalse(wrong.contains("archive.type"), wrong);
    }

    @Test
    void unknownNamesAreRefusedWithTheKnownOnes() throws IOException {
        configuration("my-archiv", "    token-env: MY_TOKEN\n");
        String unknown = refused("list");
        assertTrue(
                unknown.contains(
                        "found 'my-archiv', expected one of my-archive, postgres (did you mean 'my-archive'?)"),
                unknown);
        environment.put("SNAPSHOT_WINDOW_TYPE", "my-windw");
        configuration("my-archive", "    token-env: MY_TOKEN\n");
        assertTrue(refused("list").contains("my-window"), "the known windows");
    }

    @Test
    void anAdapterThatDoesNotOpenIsNamedWithItsJar() {
        environment.put("MY_TOKEN", "wrong");
        String failed = refused("list");
        assertTrue(failed.contains("the adapter 'my-archive' cannot be opened"), failed);
        assertTrue(failed.contains("my-adapters.jar"), failed);
    }

    @Test
    void aJarThatCannotBeLoadedIsNamed() throws IOException {
        Path broken = Files.writeString(directory.resolve("adapters/broken.jar"), "no jar");
        assertTrue(refused("list").contains("adapters/broken.jar"));
        Files.delete(broken);
        Path lacking = directory.resolve("adapters/lacking.jar");
        jar(lacking, Map.of(), Map.of(SPI + "CodecProvider", "com.example.Gone"), List.of());
        String gone = refused("list");
        assertTrue(gone.contains("lacking.jar") && gone.contains("com.example.Gone"), gone);
        Files.delete(lacking);
        assertTrue(run("config").code() == 0);
    }

    @Test
    void anAdapterThatFailsOnLoadingIsNamedWithItsErrorInWords() throws IOException {
        Path failing = directory.resolve("adapters/failing.jar");
        for (String[] each : List.of(
                new String[] {"throwing()", "Failing could not be instantiated (NullPointerException)"},
                new String[] {"null", "the name of com.example.Failing is 'null'"},
                new String[] {"\" A\\nB\"", "the name of com.example.Failing is ' A\\nB'"})) {
            String field = each[0].equals("throwing()") ? "private final String name = throwing();" : "";
            String source = codec("Failing", "failing", "\"\"")
                    .replace("return \"\".isEmpty() ? \"failing\" : \"failing\";", "return " + each[0] + ";")
                    .replace(
                            "CodecProvider {",
                            "CodecProvider {\n" + field
                                    + "\nprivate static String throwing() { throw new NullPointerException(); }\n");
            jar(
                    failing,
                    Map.of("com.example.Failing", source),
                    Map.of(SPI + "CodecProvider", "com.example.Failing"),
                    List.of());
            String failed = refused("list");
            assertTrue(failed.contains("failing.jar") && failed.contains(each[1]), failed);
        }
    }

    @Test
    void anErrorOfAnAdapterIsNoErrorOfTheProgram() throws IOException {
        jar(
                directory.resolve("adapters/failing.jar"),
                Map.of("com.example.FailingSource", """
                        package com.example;

                        import io.hybridsnapshot.domain.source.*;

                        public final class FailingSource implements io.hybridsnapshot.domain.spi.SourceProvider {
                            @Override
                            public String name() {
                                return "failing";
                            }

                            @Override
                            public java.util.List<io.hybridsnapshot.domain.spi.AdapterSetting> settings() {
                                return java.util.List.of();
                            }

                            @Override
                            public RowSource open(io.hybridsnapshot.domain.spi.AdapterSettings settings) {
                                return new RowSource() {
                                    @Override
                                    public String description() {
                                        return "failing";
                                    }

                                    @Override
                                    public RowStream open(ReadOptions options) {
                                        throw new IllegalStateException("no table");
                                    }
                                };
                            }
                        }
                        """),
                Map.of(SPI + "SourceProvider", "com.example.FailingSource"),
                List.of());
        Path file = directory.resolve("snapshot.yaml");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("      type: my-source\n      settings: {lines: lines.txt}", "      type: failing"));
        String failed = refused("detect", "lines");
        for (String part : List.of(
                "an adapter failed", "adapters", "com.example.FailingSource", "IllegalStateException: no table")) {
            assertTrue(failed.contains(part), () -> part + " is not in\n" + failed);
        }
        assertTrue(run("detect", "lines", "--verbose").err().contains("\tat "), "a stack trace for the author");
    }

    @Test
    void librariesOfTheProgramAreHidden() throws IOException {
        jar(
                directory.resolve("adapters/greedy.jar"),
                Map.of("com.example.Greedy", codec("Greedy", "greedy", "picocli.CommandLine.class.getName()")),
                Map.of(SPI + "CodecProvider", "com.example.Greedy"),
                List.of());
        String hidden = refused("list");
        assertTrue(hidden.contains("greedy.jar") && hidden.contains("picocli"), hidden);
    }

    @Test
    void twoAdaptersOfOneNameAreRefused() throws IOException {
        Path below = Files.createDirectories(directory.resolve("adapters/more"));
        Files.copy(jar, below.resolve("copy.jar"));
        String twice = refused("list");
        assertTrue(twice.contains("copy.jar") && twice.contains("my-adapters.jar"), twice);
        Files.delete(below.resolve("copy.jar"));
        jar(
                below.resolve("parquet.jar"),
                Map.of("com.example.Own", codec("Own", "parquet", "\"\"")),
                Map.of(SPI + "CodecProvider", "com.example.Own"),
                List.of());
        String builtIn = refused("list");
        assertTrue(builtIn.contains("parquet.jar") && builtIn.contains("the program itself"), builtIn);
    }

    @Test
    void eachDirectoryHasItsOwnClasses() throws IOException {
        for (String name : List.of("left", "right")) {
            Path below = Files.createDirectories(directory.resolve("adapters/" + name));
            jar(
                    below.resolve(name + ".jar"),
                    Map.of("com.example.Twin", codec("Twin", name, "\"\"")),
                    Map.of(SPI + "CodecProvider", "com.example.Twin"),
                    List.of());
        }
        String shown = done("config");
        assertTrue(shown.contains("adapters.codec.left") && shown.contains("adapters.codec.right"), shown);
    }

    @Test
    void aDirectoryThatIsNotThereIsNamed() {
        environment.put("SNAPSHOT_ADAPTERS_DIRECTORY", "nowhere");
        assertTrue(refused("list").contains("nowhere"));
        assertEquals("", run("list", "--help").err());
    }

    /** A provider that computes something when it is asked for its name. */
    private static String codec(String type, String name, String computed) {
        return """
                package com.example;

                public final class %s implements io.hybridsnapshot.domain.spi.CodecProvider {
                    @Override
                    public String name() {
                        return %s.isEmpty() ? "%s" : "%s";
                    }

                    @Override
                    public java.util.List<io.hybridsnapshot.domain.spi.AdapterSetting> settings() {
                        return java.util.List.of();
                    }

                    @Override
                    public io.hybridsnapshot.domain.codec.SnapshotCodec open(
                            io.hybridsnapshot.domain.spi.AdapterSettings settings) {
                        throw new UnsupportedOperationException();
                    }
                }
                """.formatted(type, computed, name, name);
    }

    private static Path jar(Path jar, Map<String, String> sources, Map<String, String> services, List<String> packages)
            throws IOException {
        return AdapterJar.of(Files.createTempDirectory(built, "classes"), jar, sources, services, packages);
    }
}
