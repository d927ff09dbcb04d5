/** The map of a disk, read from what nobody has to trust, and written. */
package io.github.qcow2tostdout.report.map;
