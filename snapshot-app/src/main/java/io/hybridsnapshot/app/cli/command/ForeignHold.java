package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.domain.error.SnapshotException;

/** Words the errors about a hold of another owner. Stateless. */
final class ForeignHold {
    private ForeignHold() {}

    /** The same error; for another owner's hold, with the option that overrides it. */
    static SnapshotException overridable(SnapshotException error, String option) {
        if (error.kind() != SnapshotException.Kind.CONFLICT || error.where().isEmpty()) {
            return error;
        }
        return SnapshotException.of(error.kind(), error.problem())
                .where(error.where().get())
                .actual(error.actual().orElse("another hold"))
                .expected(error.expected().orElse("no hold"))
                .nextStep("ask its owner; " + option)
                .cause(error)
                .build();
    }
}
