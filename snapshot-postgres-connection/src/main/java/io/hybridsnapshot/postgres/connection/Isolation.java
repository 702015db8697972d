package io.hybridsnapshot.postgres.connection;

/** The visibility and the write permission of a transaction. */
public enum Isolation {
    /** Each statement sees the data committed before that statement; may write. */
    READ_COMMITTED("READ COMMITTED, READ WRITE"),
    /** All statements see the data committed before the first; may write. */
    REPEATABLE_READ("REPEATABLE READ, READ WRITE"),
    /** All statements see the data committed before the first; may write only to temporary tables. */
    READ_ONLY("REPEATABLE READ, READ ONLY");

    private final String mode;

    Isolation(String mode) {
        this.mode = mode;
    }

    String statement() {
        return "SET TRANSACTION ISOLATION LEVEL " + mode;
    }
}
