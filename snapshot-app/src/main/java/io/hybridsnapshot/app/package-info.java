/** Wiring, configuration, command line, migrations, embedded servers and reports. */
package io.hybridsnapshot.app;
