/** Disks that are encrypted with LUKS, version 1: header, key slots, and ciphers of sectors. */
package io.github.qcow2tostdout.luks;
