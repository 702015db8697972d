/**
 * The datasets of a call, combined from the presets, the file and the command line, and the sources of their rows.
 * Feeds {@code cli}.
 */
package io.hybridsnapshot.app.dataset;
