package io.hybridsnapshot.testkit.planted.engine.sorting;

/** Keeps every rule. */
public final class SortRequest {}
