/**
 * The choice of the snapshots to keep and to remove: rules, and plans that name a rule for each. Reads the catalogues
 * of both stores.
 */
@NullMarked
package io.hybridsnapshot.domain.retention;

import org.jspecify.annotations.NullMarked;
