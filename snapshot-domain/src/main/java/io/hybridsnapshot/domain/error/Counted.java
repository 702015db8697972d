package io.hybridsnapshot.domain.error;

/** Counts in messages, with the noun in its number. Stateless. */
public final class Counted {
    private Counted() {}

    /**
     * A count and what is counted: {@code 1 row}, {@code 2 rows}, {@code 0 rows}.
     *
     * @param noun one of them; an s makes its plural
     */
    public static String of(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
