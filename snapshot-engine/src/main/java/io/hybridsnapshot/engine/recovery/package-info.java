/**
 * Completes or undoes interrupted work: unfinished snapshots, archives that wait in the outbox, orphaned archives.
 * Takes back a snapshot on request. Reads the window's ledger, the archive and the work directory.
 */
@NullMarked
package io.hybridsnapshot.engine.recovery;

import org.jspecify.annotations.NullMarked;
