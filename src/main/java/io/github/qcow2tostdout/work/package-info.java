/** Work that takes long, whatever it is: how far it has come, and several threads that do it. */
package io.github.qcow2tostdout.work;
