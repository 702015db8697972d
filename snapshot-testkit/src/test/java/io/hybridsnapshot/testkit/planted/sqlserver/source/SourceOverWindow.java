package io.hybridsnapshot.testkit.planted.sqlserver.source;

import io.hybridsnapshot.testkit.planted.sqlserver.window.LeakyStore;

/** Violates: one adapter of SQL Server that depends on the other. */
final class SourceOverWindow {
    LeakyStore window;
}
