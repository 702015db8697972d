/** The main job on real input, for newcomers. */
package io.hybridsnapshot.app.demo;
