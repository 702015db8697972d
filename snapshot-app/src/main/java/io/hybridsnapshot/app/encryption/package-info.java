/**
 * The keys of encrypted archives: their origin, the creation of a keyset, and plain files from encrypted ones. Feeds
 * {@code wiring}.
 */
package io.hybridsnapshot.app.encryption;
