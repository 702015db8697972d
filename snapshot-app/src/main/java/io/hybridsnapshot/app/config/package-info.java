/**
 * What the program is told by its file and its environment: read once, checked as a whole, kept as one record a section. Feeds {@code wiring}.
 */
package io.hybridsnapshot.app.config;
