/**
 * Network connections that fall silent: a driver that waits for a server waits for ever where the network swallows the answer. Drivers make
 * their sockets through {@link io.hybridsnapshot.silence.WatchedSockets}; a {@link io.hybridsnapshot.silence.SilenceWatch}
 * tells a server that computes for long from one that is gone.
 */
package io.hybridsnapshot.silence;
