/** Options and arguments that several commands share, and the reading of their texts. Knows no command. */
package io.hybridsnapshot.app.cli.option;
