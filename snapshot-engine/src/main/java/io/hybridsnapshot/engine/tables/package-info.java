/** Tables that no dataset describes: comparing two of them, and inspecting one. Uses no store. */
@NullMarked
package io.hybridsnapshot.engine.tables;

import org.jspecify.annotations.NullMarked;
