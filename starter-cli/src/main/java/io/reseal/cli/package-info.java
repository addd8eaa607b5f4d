/** The {@code reseal} program: which words are which command. */
package io.reseal.cli;
