package io.hybridsnapshot.postgres.connection;

/** What a transaction sees and may do. */
public enum Isolation {
    /** Each statement sees what was committed before it; may write. */
    READ_COMMITTED("READ COMMITTED, READ WRITE"),
    /** All statements see what was committed before the first; may write. */
    REPEATABLE_READ("REPEATABLE READ, READ WRITE"),
    /** All statements see what was committed before the first; may not write, temporary tables aside. */
    READ_ONLY("REPEATABLE READ, READ ONLY");

    private final String mode;

    Isolation(String mode) {
        this.mode = mode;
    }

    String statement() {
        return "SET TRANSACTION ISOLATION LEVEL " + mode;
    }
}
