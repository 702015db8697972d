package io.hybridsnapshot.testkit.planted.names;

/** Allowed: no ending of the list, though it looks like one. */
final class Database {}
