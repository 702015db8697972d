package io.hybridsnapshot.app.config;

import io.hybridsnapshot.domain.retention.RetentionRule;

/**
 * What is kept where a dataset does not say otherwise. Immutable.
 *
 * @param keepCount snapshots of each partition in the window, the current one included; at least 1
 * @param keepDays days for which an archive is kept; 0 or more
 */
public record RetentionSection(int keepCount, int keepDays) {
    public RetentionSection {
        rule(keepCount, keepDays);
    }

    /** The rule of a dataset that keeps its own number of snapshots. */
    public RetentionRule ruleFor(int datasetKeepCount) {
        return rule(datasetKeepCount, keepDays);
    }

    private static RetentionRule rule(int keepCount, int keepDays) {
        return new RetentionRule(keepCount, keepDays);
    }
}
