package io.github.qcow2tostdout.saved;

import io.github.qcow2tostdout.codec.Encoding;

/**
 * How the clusters of a plan were compressed.
 *
 * @param encoding with what settings
 * @param identity of the encoder that did it: another may give other bytes
 */
public record SavedEncoder(Encoding encoding, String identity) {}
