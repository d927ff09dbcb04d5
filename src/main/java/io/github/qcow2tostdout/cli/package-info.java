/** The command line: where it begins, and which command it is. Knows nothing of the format. */
package io.github.qcow2tostdout.cli;
