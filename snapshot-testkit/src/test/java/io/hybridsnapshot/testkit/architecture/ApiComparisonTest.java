package io.hybridsnapshot.testkit.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The build compares the API of each package with a released version. Left out are packages named {@code internal} and
 * the connections that the adapters share, apart from their settings.
 */
class ApiComparisonTest {
    private static final Path ROOT = Path.of("..");

    /** The packages of modules that the adapters alone use. */
    private static final Set<String> SHARED_BY_ADAPTERS =
            Set.of("io.hybridsnapshot.jdbc.connection", "io.hybridsnapshot.silence");

    /** The types of the shared connections that programs use as well. */
    private static final Set<String> SETTINGS = Set.of(
            "io.hybridsnapshot.postgres.connection.PostgresDatabase",
            "io.hybridsnapshot.postgres.connection.PostgresSettings",
            "io.hybridsnapshot.postgres.connection.StorageCheck",
            "io.hybridsnapshot.sqlserver.connection.SqlServerDatabase",
            "io.hybridsnapshot.sqlserver.connection.SqlServerSettings");

    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "^public (?:(?:abstract|final|sealed|non-sealed) )*(?:class|interface|record|enum|@interface) (\\w+)",
            Pattern.MULTILINE);

    /** The names of excluded packages and types, with a file name's wildcards. */
    private static List<String> excluded() throws IOException {
        Matcher comparison = Pattern.compile(
                        "<artifactId>japicmp-maven-plugin</artifactId>.*?</plugin>", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("pom.xml")));
        assertTrue(comparison.find(), "no comparison");
        return Pattern.compile("<exclude>([\\w.*]+)</exclude>")
                .matcher(comparison.group())
                .results()
                .map(MatchResult::group)
                .map(element -> element.replaceAll("</?exclude>", ""))
                .toList();
    }

    /** The names that an excluded name stands for. */
    private static Set<String> leftOut(Set<String> names) throws IOException {
        List<Pattern> excluded = excluded().stream()
                .map(name -> Pattern.compile(name.replace(".", "\\.").replace("*", ".*")))
                .toList();
        return names.stream()
                .filter(name -> excluded.stream()
                        .anyMatch(pattern -> pattern.matcher(name).matches()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> packages() throws IOException {
        return publicTypes().keySet();
    }

    /** The public types of each package. */
    private static Map<String, Set<String>> publicTypes() throws IOException {
        Map<String, Set<String>> types = new TreeMap<>();
        List<Path> modules;
        try (Stream<Path> directories = Files.list(ROOT)) {
            modules = directories
                    .map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .toList();
        }
        for (Path sources : modules) {
            try (Stream<Path> files = Files.walk(sources)) {
                for (Path file :
                        (Iterable<Path>) files.filter(path -> path.toString().endsWith(".java"))::iterator) {
                    String directory = sources.relativize(file.getParent()).toString();
                    String name = directory.replace('/', '.').replace('\\', '.');
                    Set<String> ofPackage = types.computeIfAbsent(name, key -> new TreeSet<>());
                    Matcher type = PUBLIC_TYPE.matcher(Files.readString(file));
                    if (type.find()) {
                        ofPackage.add(name + "." + type.group(1));
                    }
                }
            }
        }
        return types;
    }

    @Test
    void thePackagesNamedInternalAndThoseOfTheAdaptersAreLeftOutAndNoOthers() throws IOException {
        Set<String> internal = packages().stream()
                .filter(name -> Arrays.asList(name.split("\\.")).contains("internal"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(internal.size() > 4, internal::toString);
        internal.addAll(SHARED_BY_ADAPTERS);
        assertEquals(internal, leftOut(packages()));
    }

    @Test
    void ofTheConnectionsTheSettingsAloneAreCompared() throws IOException {
        Set<String> types = new TreeSet<>();
        for (String shared : ArchitectureRules.SHARED_CONNECTIONS) {
            types.addAll(publicTypes().get(ArchitectureRules.ROOT + "." + shared));
        }
        assertTrue(types.containsAll(SETTINGS), types::toString);
        Set<String> others = new TreeSet<>(types);
        others.removeAll(SETTINGS);
        assertEquals(others, leftOut(types));
    }

    /** A name that stands for nothing would leave out a type that comes later, without a decision. */
    @Test
    void everyExcludedNameStandsForSomething() throws IOException {
        Set<String> names = new TreeSet<>(packages());
        publicTypes().values().forEach(names::addAll);
        for (String name : excluded()) {
            if (!name.contains("*")) {
                assertTrue(names.contains(name), name);
            }
        }
    }
}
