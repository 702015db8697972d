/**
 * The command line: reads arguments, calls the use cases, prints their results as rendered by {@code report}, and ends
 * with a documented exit code.
 */
package io.hybridsnapshot.app.cli;
