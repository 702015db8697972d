package io.hybridsnapshot.testkit.planted.sqlserver;

import java.sql.Blob;

/** Allowed: a class that no other module can name may show what it likes. */
final class InsideStore {
    public Blob blob;

    /** Public, but inside of what is not. */
    public static final class Part {
        public java.sql.Clob clob;
    }
}
