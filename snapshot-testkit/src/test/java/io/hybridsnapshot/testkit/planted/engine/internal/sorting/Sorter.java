package io.hybridsnapshot.testkit.planted.engine.internal.sorting;

import io.hybridsnapshot.testkit.planted.engine.sorting.SortRequest;

/** Keeps every rule: an internal type may use the API of its subject. */
public final class Sorter {
    SortRequest request;
}
