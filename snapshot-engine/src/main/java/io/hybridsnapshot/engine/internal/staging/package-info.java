/**
 * Puts the rows of a snapshot into the window's staging: its changes against the current rows, or all of its rows.
 * Reads the snapshot's file; feeds the window.
 */
@NullMarked
package io.hybridsnapshot.engine.internal.staging;

import org.jspecify.annotations.NullMarked;
