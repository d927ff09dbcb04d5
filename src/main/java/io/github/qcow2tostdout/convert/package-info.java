/**
 * The two passes: a scan finds the guest clusters that hold data, a plan follows from their number,
 * and any range of the image can then be rendered.
 */
package io.github.qcow2tostdout.convert;
