package io.hybridsnapshot.testkit.planted.csv;

import io.hybridsnapshot.testkit.planted.app.Wiring;

/** Violates: an adapter that knows the app. */
final class CsvOverApp {
    Wiring wiring;
}
