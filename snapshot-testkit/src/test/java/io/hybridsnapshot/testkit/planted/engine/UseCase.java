package io.hybridsnapshot.testkit.planted.engine;

/** Keeps every rule; an adapter must not know it. */
public final class UseCase {}
