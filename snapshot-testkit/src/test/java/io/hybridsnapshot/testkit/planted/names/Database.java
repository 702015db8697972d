package io.hybridsnapshot.testkit.planted.names;

/** Allowed: only resembles a forbidden ending. */
final class Database {}
