/** Raw disks to read: their data, where data may be, and whether they are still what they were. */
package io.github.qcow2tostdout.source;
