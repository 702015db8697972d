package io.hybridsnapshot.testkit.planted.names;

/** Violates: a name without meaning. */
final class RowUtil {}
