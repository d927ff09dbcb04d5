/** The options that say what is wanted beside the image, and what the image is in. */
package io.github.qcow2tostdout.cli.output;
