/**
 * Files of any codec, encrypted with authenticated encryption and readable in parts: a decorator of the codec, the keys it works with, and the
 * bytes of an encrypted file as those of the plain one. The layout of an encrypted file is in {@code docs/how-to/encryption.md}.
 */
package io.hybridsnapshot.encryption;
