/**
 * The engine of hybrid snapshots: the use cases, one package a subject. {@link
 * io.hybridsnapshot.engine.HybridSnapshotManager} is the facade for embedders. The engine knows the domain alone;
 * {@code pass} and {@code sorting} carry every other package.
 */
@NullMarked
package io.hybridsnapshot.engine;

import org.jspecify.annotations.NullMarked;
