/** The keys of encrypted archives: where they come from, how a keyset is made, and plain files out of encrypted ones. Feeds {@code wiring}. */
package io.hybridsnapshot.app.encryption;
