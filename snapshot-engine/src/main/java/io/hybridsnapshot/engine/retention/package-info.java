/**
 * Applies retention plans of the domain to the window and the archive. Reads {@link
 * io.hybridsnapshot.domain.retention.RetentionPlan}; removes snapshots.
 */
@NullMarked
package io.hybridsnapshot.engine.retention;

import org.jspecify.annotations.NullMarked;
