package io.hybridsnapshot.csv;

import java.util.Arrays;
import java.util.Optional;

/**
 * Guesses the separator of a CSV file from its first lines. For the errors of a file that is read with a configured
 * separator, the guess is a character that occurs more often in the header than that one, and equally often in most of
 * the complete lines after it. For a file without a configured separator, it is the character that most lines have as
 * often as the header. Stateless.
 */
final class SeparatorGuess {
    /** From the most to the least likely; the last is Hive's. */
    private static final String COMMON = ";\t|,\u0001";

    /** Occur within ordinary texts as well, so a header alone does not suffice. */
    private static final String RARE = ":^~";

    /** Separators of files that none is configured for. */
    private static final String READ = "\t;|,";

    private static final int LINES = 20;

    private SeparatorGuess() {}

    /**
     * The likely separator; empty if no character is likelier than the configured one.
     *
     * @param head the first characters of the file; its last line may be incomplete
     * @param whole whether the head is the whole file
     */
    static Optional<Character> of(String head, boolean whole, char separator, char quote) {
        Optional<Character> best = Optional.empty();
        double bestShare = 0;
        int[] configured = counts(head, whole, separator, quote);
        if (configured.length == 0) {
            return best;
        }
        for (char candidate : (COMMON + RARE).toCharArray()) {
            int[] counts = counts(head, whole, candidate, quote);
            if (candidate == separator || candidate == quote || counts[0] <= configured[0]) {
                continue;
            }
            int alike = 0;
            for (int i = 1; i < counts.length; i++) {
                alike += counts[i] == counts[0] ? 1 : 0;
            }
            boolean alone = counts.length == 1;
            double share = alone ? 1 : (double) alike / (counts.length - 1);
            boolean likely = alone ? RARE.indexOf(candidate) < 0 : share > 0.5;
            if (likely && share > bestShare) {
                best = Optional.of(candidate);
                bestShare = share;
            }
        }
        return best;
    }

    /**
     * The separator of a file that none is configured for.
     *
     * @param usual the separator if the lines show none
     */
    static char ofFile(String head, boolean whole, char usual, char quote) {
        char best = usual;
        double bestShare = 0;
        int bestCount = 0;
        // Among equals, a comma is the least likely: it occurs in texts and in numbers.
        for (char candidate : (usual == ',' ? READ : usual + READ).toCharArray()) {
            int[] counts = counts(head, whole, candidate, quote);
            if (counts.length == 0 || counts[0] == 0 || candidate == quote) {
                continue;
            }
            int alike = 0;
            for (int i = 1; i < counts.length; i++) {
                alike += counts[i] == counts[0] ? 1 : 0;
            }
            double share = counts.length == 1 ? 1 : (double) alike / (counts.length - 1);
            boolean better = share > bestShare || share == bestShare && counts.length == 1 && counts[0] > bestCount;
            if (better && share > 0) {
                best = candidate;
                bestShare = share;
                bestCount = counts[0];
            }
        }
        return best;
    }

    /**
     * The occurrences of the character outside quotes, for each line that is not blank. A head without a line end
     * counts as one line.
     */
    private static int[] counts(String head, boolean whole, char wanted, char quote) {
        int[] counts = new int[LINES];
        int lines = 0;
        int count = 0;
        boolean quoted = false;
        boolean blank = true;
        for (int i = 0; i < head.length() && lines < LINES; i++) {
            char c = head.charAt(i);
            if (c == quote) {
                quoted = !quoted;
            } else if (!quoted && c == wanted) {
                count++;
            }
            if (!quoted && (c == '\n' || c == '\r')) {
                if (!blank) {
                    counts[lines++] = count;
                }
                count = 0;
                blank = true;
            } else {
                blank = false;
            }
        }
        if (!blank && lines < LINES && (whole || lines == 0)) {
            counts[lines++] = count;
        }
        return Arrays.copyOf(counts, lines);
    }
}
