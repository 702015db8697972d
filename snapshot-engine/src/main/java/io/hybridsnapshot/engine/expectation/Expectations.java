package io.hybridsnapshot.engine.expectation;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The expectations of one comparison. Immutable; the listener is called in the thread of the comparison.
 *
 * @param rules the expectations, in the order of reports
 * @param listener receives the verdicts, in the order of the rules, once they are known: before a save is refused for
 *     them. An exception from it ends the comparison; a save then has no effect
 */
public record Expectations(List<Expectation> rules, Consumer<List<Verdict>> listener) {
    /** No expectation. */
    public static final Expectations NONE = of(List.of());

    public Expectations {
        rules = List.copyOf(rules);
        Objects.requireNonNull(listener, "listener");
    }

    /** Makes expectations without a listener. */
    public static Expectations of(List<Expectation> rules) {
        return new Expectations(rules, verdicts -> {});
    }

    /** Returns the same expectations with a receiver of the verdicts. */
    public Expectations heardBy(Consumer<List<Verdict>> receiver) {
        return new Expectations(rules, receiver);
    }

    /** Checks whether a rule is about the changes of a column, which need the cells of CHANGED rows. */
    public boolean needCells() {
        return rules.stream().anyMatch(each -> each.rule() instanceof ExpectationRule.Column);
    }

    /** Checks the expectations, and gives the verdicts to the listener. */
    public List<Verdict> check(ObservedChanges changes) {
        List<Verdict> verdicts = new ArrayList<>();
        for (Expectation each : rules) {
            verdicts.add(new Verdict(each, changes.outcome(each.rule())));
        }
        List<Verdict> all = List.copyOf(verdicts);
        listener.accept(all);
        return all;
    }
}
