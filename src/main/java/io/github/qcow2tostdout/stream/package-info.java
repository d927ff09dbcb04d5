/** An image that arrives: what of it is kept for later, and what is decoded as it goes by. */
package io.github.qcow2tostdout.stream;
