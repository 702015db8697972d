/**
 * The remnants of interrupted work: files that wait in the outbox, and archives without a snapshot. Reads the work
 * directory, the archive and the window's ledger; feeds the recovery, the save, the catalogue and the verification. Not
 * API.
 */
@NullMarked
package io.hybridsnapshot.engine.internal.recovery;

import org.jspecify.annotations.NullMarked;
