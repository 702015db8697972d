package io.hybridsnapshot.app.config;

import io.hybridsnapshot.app.wording.CommandWording;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.ArrayList;
import java.util.List;

/** Collects everything that is wrong with a configuration, so that one run reports all of it. Not thread-safe. */
final class Problems {
    private record Problem(String where, String text) {}

    private final List<Problem> problems = new ArrayList<>();

    void add(String where, String text) {
        problems.add(new Problem(where, text));
    }

    int count() {
        return problems.size();
    }

    /** Adds the message of an error of the domain. */
    void add(String where, SnapshotException error) {
        add(where, CommandWording.message(error));
    }

    /** Throws one error that names every problem, if there is any. */
    void throwIfAny() {
        if (problems.isEmpty()) {
            return;
        }
        if (problems.size() == 1) {
            Problem only = problems.get(0);
            throw SnapshotException.invalidRequest("the configuration is wrong: " + only.where() + ": " + only.text())
                    .build();
        }
        SnapshotException.Builder error =
                SnapshotException.invalidRequest("the configuration has " + problems.size() + " problems:");
        problems.forEach(problem -> error.line("  " + problem.where() + ": " + problem.text()));
        throw error.build();
    }
}
