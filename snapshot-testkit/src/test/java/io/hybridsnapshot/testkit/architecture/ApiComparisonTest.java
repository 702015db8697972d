package io.hybridsnapshot.testkit.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The build compares the API of each package with a released version, except that of packages named {@code internal}.
 */
class ApiComparisonTest {
    private static final Path ROOT = Path.of("..");

    /** The excluded packages, by a file name's wildcards. */
    private static List<Pattern> excluded() throws IOException {
        Matcher comparison = Pattern.compile(
                        "<artifactId>japicmp-maven-plugin</artifactId>.*?</plugin>", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("pom.xml")));
        assertTrue(comparison.find(), "no comparison");
        List<Pattern> excluded = Pattern.compile("<exclude>([\\w.*]+)</exclude>")
                .matcher(comparison.group())
                .results()
                .map(MatchResult::group)
                .map(element -> element.replaceAll("</?exclude>", ""))
                .map(name -> Pattern.compile(name.replace(".", "\\.").replace("*", ".*")))
                .toList();
        assertEquals(2, excluded.size(), excluded::toString);
        return excluded;
    }

    private static Set<String> packages() throws IOException {
        Set<String> packages = new TreeSet<>();
        List<Path> modules;
        try (Stream<Path> directories = Files.list(ROOT)) {
            modules = directories
                    .map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .toList();
        }
        for (Path sources : modules) {
            try (Stream<Path> files = Files.walk(sources)) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .map(file -> sources.relativize(file.getParent()).toString())
                        .map(directory -> directory.replace('/', '.').replace('\\', '.'))
                        .forEach(packages::add);
            }
        }
        return packages;
    }

    @Test
    void thePackagesNamedInternalAreLeftOutAndNoOthers() throws IOException {
        List<Pattern> excluded = excluded();
        Set<String> leftOut = packages().stream()
                .filter(name -> excluded.stream()
                        .anyMatch(pattern -> pattern.matcher(name).matches()))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> internal = packages().stream()
                .filter(name -> Arrays.asList(name.split("\\.")).contains("internal"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(internal.size() > 4, internal::toString);
        assertEquals(internal, leftOut);
    }
}
