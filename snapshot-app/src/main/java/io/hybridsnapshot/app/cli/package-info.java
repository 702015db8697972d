/** The command line: reads arguments, calls the use cases, prints what {@code report} makes of their results, ends with a documented exit code. */
package io.hybridsnapshot.app.cli;
