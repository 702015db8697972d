/**
 * Puts the adapters and the use cases together, by Guice and nowhere else. An embedder does the same by hand in ten lines ({@code
 * docs/how-to/embed.md}).
 */
package io.hybridsnapshot.app.wiring;
