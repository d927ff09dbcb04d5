package io.github.qcow2tostdout.metadata;

import io.github.qcow2tostdout.format.Header;
import io.github.qcow2tostdout.image.BoundedFile;

/**
 * What of an image is metadata.
 *
 * @param file the image
 * @param header of it
 * @param pieces where it is
 * @param l2Tables the L2 tables among it, sorted
 */
record Metadata(BoundedFile file, Header header, Pieces pieces, LongList l2Tables) {}
