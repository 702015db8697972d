package io.hybridsnapshot.domain.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NearestNameTest {
    private static final List<String> KNOWN = List.of("CUSTOMER NAME", "CUSTOMER STYLE", "PO NUMBER", "XL");

    @Test
    void aSlipOfTheHandIsSeenThrough() {
        assertEquals(Optional.of("CUSTOMER NAME"), NearestName.among(KNOWN, "CUSTOMER NAEM"));
        assertEquals(Optional.of("CUSTOMER STYLE"), NearestName.among(KNOWN, "CUSTOMR STYL"));
        assertEquals(Optional.of("XL"), NearestName.among(KNOWN, "XXL"));
    }

    @Test
    void caseDoesNotMatter() {
        assertEquals(Optional.of("PO NUMBER"), NearestName.among(KNOWN, "po number"));
    }

    @Test
    void blanksDoNotMatter() {
        assertEquals(Optional.of(" ID "), NearestName.among(List.of("NAME", " ID "), "ID"));
        assertEquals(Optional.of("ID"), NearestName.among(List.of("NAME", "ID"), "\u00a0I D \t"));
        assertEquals(Optional.of("PO NUMBER"), NearestName.among(KNOWN, "ponumber"));
    }

    @Test
    void anErrorNamesTheNearestOrElseTheFirstNames() {
        assertEquals("a column (did you mean 'XL'?)", NearestName.expected("a column", KNOWN, "XXL"));
        assertEquals(
                "a column: 'CUSTOMER NAME', 'CUSTOMER STYLE', 'PO NUMBER', 'XL'",
                NearestName.expected("a column", KNOWN, "RETAIL PRICE"));
        assertEquals(
                "a column: 'a', 'b', 'c', 'd', 'e' and 2 more",
                NearestName.expected("a column", List.of("a", "b", "c", "d", "e", "f", "g"), "RETAIL PRICE"));
        assertEquals("a column", NearestName.expected("a column", List.of(), "RETAIL PRICE"));
    }

    @Test
    void aNameThatIsFarFromAllHasNoNearest() {
        assertEquals(Optional.empty(), NearestName.among(KNOWN, "RETAIL PRICE"));
        assertEquals(Optional.empty(), NearestName.among(List.of(), "PO NUMBER"));
    }

    @Test
    void theNearestIsTheFirstOfThoseAtTheLeastDistanceWithinAThirdOfTheLength() {
        Random random = new Random(3);
        int found = 0;
        for (int round = 0; round < 5_000; round++) {
            List<String> known = new ArrayList<>();
            for (int i = random.nextInt(6); i > 0; i--) {
                known.add(name(random));
            }
            String name = name(random);
            Optional<String> expected = naive(known, name);
            assertEquals(expected, NearestName.among(known, name), name + " among " + known);
            found += expected.isPresent() ? 1 : 0;
        }
        // The comparison is meaningful only if both outcomes are frequent.
        assertTrue(found > 500 && found < 4_500, found + " found");
    }

    private static Optional<String> naive(List<String> known, String name) {
        String best = null;
        int least = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = distance(lower(candidate), lower(name), new HashMap<>());
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return least <= Math.max(1, name.length() / 3) ? Optional.of(best) : Optional.empty();
    }

    /** Levenshtein's distance by its definition. */
    private static int distance(String a, String b, Map<List<String>, Integer> known) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.length() + b.length();
        }
        Integer earlier = known.get(List.of(a, b));
        if (earlier != null) {
            return earlier;
        }
        int same = a.charAt(0) == b.charAt(0) ? 0 : 1;
        int replaced = same + distance(a.substring(1), b.substring(1), known);
        int removed = 1 + distance(a.substring(1), b, known);
        int inserted = 1 + distance(a, b.substring(1), known);
        int least = Math.min(replaced, Math.min(removed, inserted));
        known.put(List.of(a, b), least);
        return least;
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static String name(Random random) {
        StringBuilder name = new StringBuilder();
        for (int i = random.nextInt(9); i > 0; i--) {
            name.append("aAbBc".charAt(random.nextInt(5)));
        }
        return name.toString();
    }
}
