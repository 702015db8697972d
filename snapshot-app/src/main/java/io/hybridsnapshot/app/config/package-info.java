/**
 * The settings of the program in its file and its environment: read once, checked as a whole, kept as one record per
 * section. Feeds {@code wiring}.
 */
package io.hybridsnapshot.app.config;
