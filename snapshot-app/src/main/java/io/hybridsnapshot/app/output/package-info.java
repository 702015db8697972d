/**
 * Files that commands write for their users: the target of the bytes, the files that may be replaced, and the atomic
 * appearance of a file. Feeds {@code cli}.
 */
package io.hybridsnapshot.app.output;
