/**
 * The command line's own names for the remedies that texts of the domain, the engine and the adapters refer to. Depends
 * on these modules alone; reports, commands and the configuration's errors read it.
 */
package io.hybridsnapshot.app.wording;
