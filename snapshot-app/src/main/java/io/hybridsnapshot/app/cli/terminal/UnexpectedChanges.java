package io.hybridsnapshot.app.cli.terminal;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.expectation.Verdict;
import java.io.Serial;
import java.util.List;

/** The refusal of a save for its expectations. It has {@link ExitCode#UNEXPECTED} in place of its kind's exit code. */
public final class UnexpectedChanges extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final SnapshotException refusal;
    private final transient List<Verdict> verdicts;

    /**
     * Makes the error.
     *
     * @param refusal the refusal of the save
     * @param verdicts the verdicts on all expectations
     */
    public UnexpectedChanges(SnapshotException refusal, List<Verdict> verdicts) {
        super(refusal.getMessage(), refusal);
        this.refusal = refusal;
        this.verdicts = List.copyOf(verdicts);
    }

    /** Returns the refusal of the save. */
    public SnapshotException refusal() {
        return refusal;
    }

    /** Returns the verdicts on all expectations. */
    public List<Verdict> verdicts() {
        return verdicts;
    }
}
