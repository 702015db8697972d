/** What the datasets of a call are: the presets, the file and the command line put together, and the sources of their rows. Feeds {@code cli}. */
package io.hybridsnapshot.app.dataset;
