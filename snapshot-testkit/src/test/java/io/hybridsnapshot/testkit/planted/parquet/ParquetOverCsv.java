package io.hybridsnapshot.testkit.planted.parquet;

import io.hybridsnapshot.testkit.planted.csv.CsvThing;

/** Violates: an adapter that depends on another. */
final class ParquetOverCsv {
    CsvThing thing;
}
