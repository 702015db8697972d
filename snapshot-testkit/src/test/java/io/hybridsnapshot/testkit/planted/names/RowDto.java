package io.hybridsnapshot.testkit.planted.names;

/** Violates: a name that says nothing. */
final class RowDto {}
