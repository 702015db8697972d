/** Makes the container image: reads a base image and the files of a package, and writes a tarball. */
package io.hybridsnapshot.image;
