/**
 * Saves one state of a dataset: stages its rows, archives its file, and publishes both together. Reads a source; feeds
 * the window, the archive and {@link io.hybridsnapshot.engine.save.SaveResult}.
 */
@NullMarked
package io.hybridsnapshot.engine.save;

import org.jspecify.annotations.NullMarked;
