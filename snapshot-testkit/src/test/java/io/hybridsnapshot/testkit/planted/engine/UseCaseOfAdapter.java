package io.hybridsnapshot.testkit.planted.engine;

import io.hybridsnapshot.testkit.planted.csv.CsvThing;

/** Violates: the engine knows an adapter. */
public final class UseCaseOfAdapter {
    CsvThing thing;
}
