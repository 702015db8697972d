/**
 * What users do: save, detect, compare, load, list, statistics, clean up, recover, verify. Ties the ports together; {@link
 * io.hybridsnapshot.domain.usecase.HybridSnapshotManager} is the one door to all of it for those who embed the platform.
 */
package io.hybridsnapshot.domain.usecase;
