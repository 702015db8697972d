/**
 * Adapters from a directory of jars: finds their providers, isolates their classes, and opens them with the user's
 * settings.
 */
package io.hybridsnapshot.app.adapter;
