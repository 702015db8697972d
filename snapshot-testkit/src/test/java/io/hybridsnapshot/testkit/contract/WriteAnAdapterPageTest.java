package io.hybridsnapshot.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.lang.ArchRule;
import io.hybridsnapshot.testkit.architecture.ArchitectureRules;
import java.io.IOException;
import java.lang.reflect.Method;
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
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** The page for adapter authors says what the code says: the ports, their contracts and facts, and the rules. */
class WriteAnAdapterPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Map<String, Class<?>> CONTRACTS = List.of(
                    RowSourceContract.class,
                    SnapshotCodecContract.class,
                    ArchiveStoreContract.class,
                    ChangeSetStoreContract.class,
                    WindowStoreContract.class,
                    WindowChangesContract.class)
            .stream()
            .collect(Collectors.toMap(Class::getSimpleName, contract -> contract));

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/how-to/write-an-adapter.md"));
    }

    @Test
    void everyContractIsListedWithItsPortAndTheNumberOfItsFacts() throws IOException {
        Map<String, Integer> listed = new TreeMap<>();
        Matcher row = Pattern.compile("(?m)^\\| `domain\\.([\\w.]+)` \\|[^|]*\\| `(\\w+)` \\| (\\d+) \\|$")
                .matcher(page());
        while (row.find()) {
            String port = "io.hybridsnapshot.domain." + row.group(1);
            Class<?> contract = CONTRACTS.get(row.group(2));
            assertNotEquals(null, contract, row::group);
            assertTrue(
                    Arrays.stream(contract.getDeclaredMethods())
                            .anyMatch(method -> method.getReturnType().getName().equals(port)),
                    () -> contract + " is not the contract of " + port);
            listed.put(row.group(2), Integer.parseInt(row.group(3)));
        }
        Map<String, Integer> counted = new TreeMap<>();
        CONTRACTS.forEach((name, contract) -> counted.put(name, facts(contract).size()));
        assertEquals(counted, listed);
    }

    /** The names of the facts, nested ones included; broken adapters are compared with these names. */
    private static List<String> facts(Class<?> contract) {
        List<String> facts = Arrays.stream(contract.getDeclaredMethods())
                .filter(WriteAnAdapterPageTest::isFact)
                .map(Method::getName)
                .collect(Collectors.toList());
        for (Class<?> nested : contract.getDeclaredClasses()) {
            if (nested.isAnnotationPresent(Nested.class)) {
                facts.addAll(facts(nested));
            }
        }
        return facts;
    }

    private static boolean isFact(Method method) {
        return method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class);
    }

    @Test
    void everyFactIsGroupedAndHasANameOfItsOwn() {
        CONTRACTS.forEach((name, contract) -> {
            assertEquals(
                    List.of(),
                    Arrays.stream(contract.getDeclaredMethods())
                            .filter(WriteAnAdapterPageTest::isFact)
                            .map(Method::getName)
                            .toList(),
                    () -> "facts of " + name + " outside a subject");
            List<String> facts = facts(contract);
            assertFalse(facts.isEmpty(), name);
            assertEquals(new TreeSet<>(facts).size(), facts.size(), name);
        });
    }

    @Test
    void everyRuleOfTheArchitectureIsListed() throws IOException {
        Set<String> rules = Arrays.stream(ArchitectureRules.class.getMethods())
                .filter(method -> method.getReturnType() == ArchRule.class)
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        String section = page();
        section = section.substring(
                section.indexOf("| rule | requires |"),
                section.indexOf("\n\n", section.indexOf("| rule | requires |")));
        Set<String> listed = Pattern.compile("(?m)^\\| `(\\w+)` \\|")
                .matcher(section)
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(rules, listed);
    }

    @Test
    void versionsAreThoseOfTheBuild() throws IOException {
        String parent = Files.readString(ROOT.resolve("pom.xml"));
        String project = first("<artifactId>hybrid-snapshots</artifactId>\\s*<version>([^<]+)<", parent);
        String junit = first("<junit\\.version>([^<]+)<", parent);
        List<String> versions = Pattern.compile("<version>([^<]+)</version>")
                .matcher(page())
                .results()
                .map((MatchResult result) -> result.group(1))
                .toList();
        assertEquals(List.of(project, project, junit), versions);
    }

    private static String first(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertTrue(matcher.find(), pattern);
        return matcher.group(1);
    }

    @Test
    void testOfTheInMemoryArchiveIsQuotedAsItIs() throws IOException {
        String source = Files.readString(
                Path.of("src/test/java/io/hybridsnapshot/testkit/memory/InMemoryArchiveStoreTest.java"));
        String quoted = source.substring(source.indexOf("class InMemoryArchiveStoreTest"));
        assertTrue(page().contains("```java\n" + quoted + "```"), "the page quotes another test");
    }
}
