/**
 * Files of any codec, encrypted with authenticated encryption and readable in parts. The package holds a decorator of
 * the codec, the keys, and the bytes of an encrypted file as those of the plain one. {@code docs/how-to/encryption.md}
 * describes the layout of an encrypted file.
 */
@NullMarked
package io.hybridsnapshot.encryption;

import org.jspecify.annotations.NullMarked;
