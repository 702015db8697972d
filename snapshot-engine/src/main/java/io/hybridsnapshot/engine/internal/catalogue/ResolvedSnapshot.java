package io.hybridsnapshot.engine.internal.catalogue;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.util.Optional;

/**
 * A stored snapshot that a reference named: in the window, in the archive, or in both.
 *
 * @param label names it for people
 */
public record ResolvedSnapshot(String label, Optional<WindowSnapshot> window, Optional<ArchivedSnapshot> archive) {}
