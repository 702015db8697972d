/**
 * Resolves references to stored snapshots. Reads the window and the archive through their ports; feeds the catalogue,
 * the comparison, the redaction and the verification. Not API.
 */
@NullMarked
package io.hybridsnapshot.engine.internal.catalogue;

import org.jspecify.annotations.NullMarked;
