/** The options that say what is read, and how it is opened: a disk (INPUT), or an image (IMAGE). */
package io.github.qcow2tostdout.cli.input;
