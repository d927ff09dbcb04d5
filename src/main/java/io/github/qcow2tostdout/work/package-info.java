/** Work that takes long, whatever it is: how far it has come. */
package io.github.qcow2tostdout.work;
