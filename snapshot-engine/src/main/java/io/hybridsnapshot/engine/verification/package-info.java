/**
 * Checks stored snapshots against their recorded digests, and the window against the archive. Reads both stores; feeds
 * {@link io.hybridsnapshot.engine.verification.VerificationReport}.
 */
@NullMarked
package io.hybridsnapshot.engine.verification;

import org.jspecify.annotations.NullMarked;
