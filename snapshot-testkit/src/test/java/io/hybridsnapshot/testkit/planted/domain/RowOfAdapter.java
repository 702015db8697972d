package io.hybridsnapshot.testkit.planted.domain;

import io.hybridsnapshot.testkit.planted.csv.CsvThing;

/** Violates: the domain knows an adapter. */
public final class RowOfAdapter {
    CsvThing thing;
}
