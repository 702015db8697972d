/**
 * One class a command: it reads its options, calls a use case and prints the result. Commands know neither the root
 * command nor each other; {@link io.hybridsnapshot.app.cli.command.Commands} makes them.
 */
package io.hybridsnapshot.app.cli.command;
