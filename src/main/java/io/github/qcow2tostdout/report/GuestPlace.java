package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.image.L2Format;
import java.util.OptionalLong;

/**
 * Where a byte of the disk is.
 *
 * @param guestOffset of the byte, on the disk
 * @param kind what it is mapped to; with subclusters what its own is
 * @param hostOffset of the byte in the file, of compressed data its start; empty if there is none
 * @param inCluster which byte of the cluster it is
 * @param inDataFile whether the file is the external data file
 */
record GuestPlace(
    long guestOffset,
    L2Format.Kind kind,
    OptionalLong hostOffset,
    long inCluster,
    boolean inDataFile) {}
