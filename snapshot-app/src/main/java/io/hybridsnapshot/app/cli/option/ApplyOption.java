package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The consent to a plan that was shown, by the plan's digest: complete, or its beginning. */
public final class ApplyOption {
    private static final String NOT_NAMED = "";
    private static final int SHORTEST = 8;
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{" + SHORTEST + ",64}");

    @Option(
            names = "--apply",
            paramLabel = "DIGEST",
            arity = "0..1",
            fallbackValue = NOT_NAMED,
            order = 1,
            description = "Apply the plan with this digest; its first 8 digits are enough. Without --apply nothing "
                    + "is changed.")
    private String digest;

    /** Checks whether a plan is to be applied. */
    public boolean isGiven() {
        return digest != null;
    }

    /**
     * Returns the whole digest for the given text. If today's digest starts with the text, the result is today's
     * digest; otherwise it is the text.
     *
     * @param today the digest of the plan that results now
     * @throws SnapshotException INVALID_REQUEST if the text is no digest, nor the first hex digits of one
     */
    public String digest(Supplier<String> today) {
        if (digest.equals(NOT_NAMED)) {
            throw SnapshotException.invalidRequest("--apply names no plan")
                    .expected("the digest of a plan that was shown")
                    .nextStep("run it without --apply to see the plan; today's is --apply " + today.get())
                    .build();
        }
        String digits = digest.toLowerCase(Locale.ROOT);
        if (!HEX.matcher(digits).matches()) {
            throw SnapshotException.invalidRequest("option --apply")
                    .actual("'" + digest + "'")
                    .expected("the digest of a plan, or its first " + SHORTEST + " hex digits or more")
                    .nextStep("run it without --apply to see the plan and its digest")
                    .build();
        }
        // Today's plan is the only one there is, so the beginning of its digest names it and no other.
        String whole = today.get();
        return whole.startsWith(digits) ? whole : digits;
    }
}
