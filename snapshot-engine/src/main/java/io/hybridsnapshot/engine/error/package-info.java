/** The remedies that the engine's texts refer to. Depends on the domain alone; every package of the engine may use it. */
package io.hybridsnapshot.engine.error;
