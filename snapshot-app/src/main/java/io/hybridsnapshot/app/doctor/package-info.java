/**
 * Checks of the machine, the configuration and the servers, before something fails. Reads the configuration and the
 * wiring's probes of servers; feeds the command {@code doctor}.
 */
@NullMarked
package io.hybridsnapshot.app.doctor;

import org.jspecify.annotations.NullMarked;
