/**
 * Applies retention plans of the domain to the window and the archive. Reads {@link
 * io.hybridsnapshot.domain.retention.RetentionPlan}; removes snapshots.
 */
package io.hybridsnapshot.engine.retention;
