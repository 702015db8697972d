package io.hybridsnapshot.testkit.planted.sqlserver.window;

import com.google.inject.Inject;

/** Violates: Guice outside of the app, and into a field. */
final class InjectedStore {
    @Inject
    String url;
}
