package io.hybridsnapshot.domain.error;

/** Counts in messages, with the noun in its number. Stateless. */
public final class Counted {
    private Counted() {}

    /**
     * Returns a count with its noun: {@code 1 row}, {@code 2 rows}, {@code 0 rows}.
     *
     * @param noun the singular; an s makes its plural
     */
    public static String of(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
