package io.hybridsnapshot.domain.schema;

import io.hybridsnapshot.domain.error.SafeText;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the known name that a mistyped one was probably meant to be (Levenshtein distance, ignoring case). Names that
 * differ only in blanks are at distance 0. Stateless.
 */
public final class NearestName {
    private static final int SHOWN_NAMES = 5;
    private static final int SHOWN_NAME_CHARS = 40;

    private NearestName() {}

    /**
     * Returns the nearest of the known names, or empty if none differs only in blanks or is within a third of the
     * name's length.
     */
    public static Optional<String> among(Collection<String> known, String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        int limit = Math.max(1, wanted.length() / 3) + 1;
        String best = null;
        int bestDistance = limit;
        for (String candidate : known) {
            String other = candidate.toLowerCase(Locale.ROOT);
            int distance = withoutBlanks(wanted).equals(withoutBlanks(other)) ? 0 : distance(wanted, other);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /**
     * Returns the expected value of an error about an unknown name: the nearest known name, or else the first known
     * ones.
     *
     * @param what the kind of the known names, such as "one of the table's columns"
     * @param known the known names, in the order in which they are shown
     */
    public static String expected(String what, Collection<String> known, String name) {
        return among(known, name)
                .map(nearest -> what + " (did you mean '" + SafeText.value(nearest) + "'?)")
                .orElseGet(() -> known.isEmpty() ? what : what + ": " + first(known));
    }

    private static String first(Collection<String> names) {
        String shown = names.stream()
                .limit(SHOWN_NAMES)
                .map(name -> "'" + SafeText.cut(name, SHOWN_NAME_CHARS) + "'")
                .collect(Collectors.joining(", "));
        return names.size() > SHOWN_NAMES ? shown + " and " + (names.size() - SHOWN_NAMES) + " more" : shown;
    }

    private static String withoutBlanks(String text) {
        if (text.codePoints().noneMatch(NearestName::isBlank)) {
            return text;
        }
        StringBuilder rest = new StringBuilder(text.length());
        text.codePoints().filter(each -> !isBlank(each)).forEach(rest::appendCodePoint);
        return rest.toString();
    }

    private static boolean isBlank(int codePoint) {
        return Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint);
    }

    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }
}
