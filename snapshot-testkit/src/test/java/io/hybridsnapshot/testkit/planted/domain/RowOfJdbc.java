package io.hybridsnapshot.testkit.planted.domain;

import java.sql.Timestamp;

/** Violates: a JDBC type in the domain. */
public final class RowOfJdbc {
    Timestamp at;
}
