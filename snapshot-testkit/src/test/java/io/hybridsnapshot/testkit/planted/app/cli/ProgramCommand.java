package io.hybridsnapshot.testkit.planted.app.cli;

/** A root command. */
public final class ProgramCommand {}
