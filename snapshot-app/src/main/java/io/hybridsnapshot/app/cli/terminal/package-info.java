/**
 * The program's surroundings: streams, screen, log messages, the end of the process, and the printing of results. Knows
 * no command and no option.
 */
package io.hybridsnapshot.app.cli.terminal;
