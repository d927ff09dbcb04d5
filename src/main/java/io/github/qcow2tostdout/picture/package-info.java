/**
 * Images and disks as pictures: what lies where, counted in a bounded number of parts, and drawn
 * from that as SVG, as a page, or as a strip of characters.
 */
package io.github.qcow2tostdout.picture;
