package io.hybridsnapshot.testkit.planted.app.cli.command;

/** Keeps the rule: no command. */
public final class SharedView {}
