package io.hybridsnapshot.testkit.planted.sqlserver.window;

import java.sql.Blob;

/** Allowed: a class that no other module can name may expose any type. */
final class InsideStore {
    public Blob blob;

    /** Public, but nested in a class that is not public. */
    public static final class Part {
        public java.sql.Clob clob;
    }
}
