package io.hybridsnapshot.testkit.planted.app;

import com.google.inject.AbstractModule;

/** Allowed: the app knows Guice and every adapter. */
public final class Wiring extends AbstractModule {
    io.hybridsnapshot.testkit.planted.sqlserver.window.LeakyStore store;
}
