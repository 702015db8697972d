/** The main job on real input, for somebody who sees it for the first time. */
package io.hybridsnapshot.app.demo;
