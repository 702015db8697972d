/**
 * Checks of the machine, the configuration and the servers, before something fails. Reads the configuration and the
 * wiring's probes of servers; feeds the command {@code doctor}.
 */
package io.hybridsnapshot.app.doctor;
