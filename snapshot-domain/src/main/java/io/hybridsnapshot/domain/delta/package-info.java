/**
 * The changes between two snapshots as values: kinds, counts, changed rows and cells, and the cursor that yields them.
 * Stores produce them; the engine's comparison and reports consume them.
 */
@NullMarked
package io.hybridsnapshot.domain.delta;

import org.jspecify.annotations.NullMarked;
