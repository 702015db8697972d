package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.cli.terminal.Console;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
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
        int code = new SnapshotProgram(new Console(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        environment,
                        directory,
                        Optional.of(directory),
                        Clock.systemUTC(),
                        Console.Screen.PIPE))
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

    /** Compiles sources into a jar, with services and with packages of the class path. */
    private static Path jar(Path jar, Map<String, String> sources, Map<String, String> services, List<String> packages)
            throws IOException {
        Path work = Files.createTempDirectory(built, "classes");
        List<String> arguments = new ArrayList<>(
                List.of("-proc:none", "-cp", System.getProperty("java.class.path"), "-d", work.toString()));
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Path file = work.resolve(source.getKey().replace('.', '/') + ".java");
            Files.createDirectories(file.getParent());
            arguments.add(Files.writeString(file, source.getValue()).toString());
        }
        if (!sources.isEmpty()) {
            int code = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
            assertEquals(0, code, "the adapters do not compile");
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, "1.2.3");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            for (Map.Entry<String, String> service : services.entrySet()) {
                put(
                        out,
                        "META-INF/services/" + service.getKey(),
                        service.getValue().getBytes(StandardCharsets.UTF_8));
            }
            putClasses(out, work, work);
            for (String name : packages) {
                putPackage(out, name);
            }
        }
        return jar;
    }

    private static void putPackage(JarOutputStream out, String name) throws IOException {
        URL location = InMemoryArchiveStore.class.getResource("/" + name);
        if (location.getProtocol().equals("jar")) {
            URI jar = URI.create(
                    location.toString().substring(0, location.toString().indexOf("!/") + 2));
            try (FileSystem files = FileSystems.newFileSystem(jar, Map.of())) {
                putClasses(out, files.getPath("/"), files.getPath("/" + name));
            }
        } else {
            Path classes = Path.of(URI.create(location.toString()));
            putClasses(
                    out, classes.resolve("../".repeat(name.split("/").length)).normalize(), classes);
        }
    }

    private static void putClasses(JarOutputStream out, Path root, Path below) throws IOException {
        try (Stream<Path> files = Files.walk(below)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".class"))
                    .sorted()
                    .toList()) {
                String entry = root.relativize(file).toString().replace('\\', '/');
                put(out, entry, Files.readAllBytes(file));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void put(JarOutputStream out, String entry, byte[] bytes) throws IOException {
        out.putNextEntry(new JarEntry(entry));
        out.write(bytes);
        out.closeEntry();
    }
}
