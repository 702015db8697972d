package io.hybridsnapshot.testkit.contract;

import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * A means of a test to reach past a port, or the reason why there is none. Facts that need a missing means are skipped,
 * and the report shows the reason. Immutable.
 *
 * @param <T> the means
 */
public final class Hook<T> {
    private final Optional<T> means;
    private final String reason;

    private Hook(Optional<T> means, String reason) {
        this.means = means;
        this.reason = reason;
    }

    /** Returns a hook with the means of an adapter's test. */
    public static <T> Hook<T> of(T means) {
        return new Hook<>(Optional.of(means), "");
    }

    /**
     * Returns a hook of an adapter's test without the means.
     *
     * @param reason why; the report of skipped facts shows it
     */
    public static <T> Hook<T> lacking(String reason) {
        return new Hook<>(Optional.empty(), Objects.requireNonNull(reason, "reason"));
    }

    /** Returns the means, or skips the fact that needs it. */
    T orSkip() {
        return means.orElseGet(() -> Assumptions.abort("skipped: " + reason));
    }
}
