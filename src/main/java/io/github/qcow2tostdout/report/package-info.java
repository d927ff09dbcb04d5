/**
 * What {@code inspect} found, as text for people and as JSON for programs. Everything is written as
 * it is read; nothing large is held.
 */
package io.github.qcow2tostdout.report;
