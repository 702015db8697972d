/**
 * Change sets: building one from the files of two snapshots, reading it, and applying it in both directions. It reads
 * files through the codec, and feeds {@code save} and {@code history}.
 */
@NullMarked
package io.hybridsnapshot.engine.internal.changeset;

import org.jspecify.annotations.NullMarked;
