/** The options that say what image is wanted. */
package io.github.qcow2tostdout.cli.image;
