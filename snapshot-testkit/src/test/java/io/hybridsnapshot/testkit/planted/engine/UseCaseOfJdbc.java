package io.hybridsnapshot.testkit.planted.engine;

import java.sql.ResultSet;

/** Violates: the engine knows JDBC. */
public final class UseCaseOfJdbc {
    ResultSet rows;
}
