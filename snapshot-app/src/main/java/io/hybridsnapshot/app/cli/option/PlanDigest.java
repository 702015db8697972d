package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The digest of a plan, as given to {@code --apply}: complete, or its beginning. Stateless. */
public final class PlanDigest {
    /** The value of {@code --apply} without a digest. */
    public static final String NOT_NAMED = "";

    private static final int SHORTEST = 8;
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{" + SHORTEST + ",64}");

    private PlanDigest() {}

    /**
     * The whole digest for a given text. If today's digest starts with the text, the result is today's digest;
     * otherwise it is the text.
     *
     * @param given the value of the option
     * @param today the digest of the plan that results now
     * @throws SnapshotException INVALID_REQUEST if the text is no digest, nor the first hex digits of one
     */
    public static String of(String given, Supplier<String> today) {
        if (given.equals(NOT_NAMED)) {
            throw SnapshotException.invalidRequest("--apply names no plan")
                    .expected("the digest of a plan that was shown")
                    .nextStep("run it without --apply to see the plan; today's is --apply " + today.get())
                    .build();
        }
        String digits = given.toLowerCase(Locale.ROOT);
        if (!HEX.matcher(digits).matches()) {
            throw SnapshotException.invalidRequest("option --apply")
                    .actual("'" + given + "'")
                    .expected("the digest of a plan, or its first " + SHORTEST + " hex digits or more")
                    .nextStep("run it without --apply to see the plan and its digest")
                    .build();
        }
        // Today's plan is the only one there is, so the beginning of its digest names it and no other.
        String whole = today.get();
        return whole.startsWith(digits) ? whole : digits;
    }
}
