/**
 * What of a disk is mapped, and where everything lies in its image. Pure: no file is opened here.
 */
package io.github.qcow2tostdout.plan;
