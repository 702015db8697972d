/** What every use case works with: the stores and resources of an environment, and the receiver of progress. */
package io.hybridsnapshot.engine.pass;
