package io.github.qcow2tostdout.report;

import io.github.qcow2tostdout.image.L2Format;
import io.github.qcow2tostdout.image.Validity;

/**
 * An L2 entry.
 *
 * @param kind what it maps the guest cluster to
 * @param format how it is to be read
 * @param index in its table
 * @param offset of the entry in the file
 * @param guestOffset of the guest cluster, in bytes
 * @param entry as it is
 * @param bitmap of subclusters, with extended L2 entries
 * @param validity whether it can be right
 */
record L2Row(
    L2Format.Kind kind,
    L2Format format,
    long index,
    long offset,
    long guestOffset,
    long entry,
    long bitmap,
    Validity validity) {}
