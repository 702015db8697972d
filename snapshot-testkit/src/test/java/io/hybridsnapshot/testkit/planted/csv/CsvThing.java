package io.hybridsnapshot.testkit.planted.csv;

/** Shared by the plants. */
public final class CsvThing {}
