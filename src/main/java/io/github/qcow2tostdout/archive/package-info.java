/** What a stream holds around an image: the members of a tar, and those that make a container. */
package io.github.qcow2tostdout.archive;
