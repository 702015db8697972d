/**
 * The command line: parses the arguments, runs the command, and ends with a documented exit code. The commands are in
 * {@code command}, the options that they share in {@code option}, and what they print with in {@code terminal}.
 */
package io.hybridsnapshot.app.cli;
