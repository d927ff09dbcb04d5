/**
 * The kinds of options, how their values are read, and what several commands can be told in the
 * same way.
 */
package io.github.qcow2tostdout.cli.option;
