package io.github.qcow2tostdout.report;

/**
 * Successive clusters with the same refcount.
 *
 * @param offset of the byte in which the first refcount starts
 * @param firstCluster the first cluster's index in the file
 * @param clusters how many
 * @param refcount unsigned
 */
record RefcountRun(long offset, long firstCluster, long clusters, long refcount) {}
