/**
 * The command line: options, messages, exit codes, progress and the standard streams. Knows nothing
 * of the format.
 */
package io.github.qcow2tostdout.cli;
