/** The bytes of a disk out of an image or a stream, and what they are written to. */
package io.github.qcow2tostdout.restore;
