package io.hybridsnapshot.testkit.planted.postgres.window;

import io.hybridsnapshot.testkit.planted.postgres.archive.ArchiveOverConnection;

/** Violates: one adapter of PostgreSQL that depends on the other. */
final class WindowOverArchive {
    ArchiveOverConnection archive;
}
