package io.hybridsnapshot.testkit.planted.app;

import io.hybridsnapshot.testkit.planted.engine.internal.sorting.Sorter;

/** Violates: a module other than the engine uses an internal type of the engine. */
public final class AppOverInternals {
    Sorter sorter;
}
