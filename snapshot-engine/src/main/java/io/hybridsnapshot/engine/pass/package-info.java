/** What every use case works with: the stores and resources of an environment, and the receiver of progress. */
@NullMarked
package io.hybridsnapshot.engine.pass;

import org.jspecify.annotations.NullMarked;
