/** The commands: a class for what each is told, if that is much, and one that does it. */
package io.github.qcow2tostdout.cli.command;
