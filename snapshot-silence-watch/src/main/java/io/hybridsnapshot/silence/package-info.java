/**
 * Detects network connections that fall silent. Without it, a driver waits for ever if the network loses the server's
 * answer. Drivers create their sockets through {@link io.hybridsnapshot.silence.WatchedSockets}. A
 * {@link io.hybridsnapshot.silence.SilenceWatch} distinguishes a server with a long computation from a server that is
 * gone. Internal to the adapters' connections.
 */
@NullMarked
package io.hybridsnapshot.silence;

import org.jspecify.annotations.NullMarked;
