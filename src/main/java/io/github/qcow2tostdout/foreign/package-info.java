/**
 * Images of all formats that QEMU reads, as far as their first bytes go: which format it is, and
 * what other files it names. Headers are parsed out of bytes that are handed in; no file is opened
 * here, and nothing that a header says is believed.
 */
package io.github.qcow2tostdout.foreign;
