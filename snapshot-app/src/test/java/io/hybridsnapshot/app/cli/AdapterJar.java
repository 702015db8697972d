package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Makes jars with adapters. */
final class AdapterJar {
    private AdapterJar() {}

    /** The jar that a class of the class path is in; makes it of the classes' directory where there is no jar. */
    static Path copyOf(Class<?> type, Path directory) throws IOException {
        Path location = location(type);
        Path jar = directory.resolve(type.getSimpleName() + ".jar");
        if (Files.isRegularFile(location)) {
            return Files.copy(location, jar);
        }
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest());
                Stream<Path> files = Files.walk(location)) {
            for (Path each : files.filter(Files::isRegularFile).sorted().toList()) {
                put(out, location.relativize(each).toString().replace('\\', '/'), Files.readAllBytes(each));
            }
        }
        return jar;
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Manifest manifest() {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, "1.2.3");
        return manifest;
    }

    /** Compiles sources into a jar, with services and with packages of the class path. */
    static Path of(
            Path work, Path jar, Map<String, String> sources, Map<String, String> services, List<String> packages)
            throws IOException {
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
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest())) {
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
