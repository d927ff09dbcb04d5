/**
 * What the process has to do with its caller: the standard streams, exit codes, failures, signals
 * and progress.
 */
package io.github.qcow2tostdout.cli.terminal;
