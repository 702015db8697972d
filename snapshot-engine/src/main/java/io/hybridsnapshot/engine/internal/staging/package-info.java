/**
 * Puts all rows of a snapshot into the window's staging, from the snapshot's file. Feeds the window.
 */
@NullMarked
package io.hybridsnapshot.engine.internal.staging;

import org.jspecify.annotations.NullMarked;
