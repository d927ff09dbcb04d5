/** The metadata of an image in a file of its own, without a byte of the guest's. */
package io.github.qcow2tostdout.metadata;
