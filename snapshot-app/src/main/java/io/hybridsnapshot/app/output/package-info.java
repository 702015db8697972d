/** Files that commands write for their users: where the bytes go, what may be replaced, how a file appears as a whole. Feeds {@code cli}. */
package io.hybridsnapshot.app.output;
