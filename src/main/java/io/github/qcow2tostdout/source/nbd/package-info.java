/** Exports of NBD servers as disks to read. A server is not trusted. */
package io.github.qcow2tostdout.source.nbd;
