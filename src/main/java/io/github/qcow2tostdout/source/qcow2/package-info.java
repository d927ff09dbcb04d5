/** A qcow2 image as a disk to read: its tables, its compressed clusters, its backing file. */
package io.github.qcow2tostdout.source.qcow2;
