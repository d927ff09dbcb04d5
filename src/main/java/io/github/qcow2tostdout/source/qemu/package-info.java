/**
 * Images of other formats as disks to read: a child process of QEMU's exports them over NBD, and
 * ends when this one does.
 */
package io.github.qcow2tostdout.source.qemu;
