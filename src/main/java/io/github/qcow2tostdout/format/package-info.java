/**
 * The structures of qcow2 on disk, each declared once: the only place that knows a field's offset,
 * a bit's position, the byte order or a limit. Source: QEMU's {@code docs/interop/qcow2}.
 */
package io.github.qcow2tostdout.format;
