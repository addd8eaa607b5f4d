/** The {@code reseal} program: commands, what they print, exit statuses. */
package io.reseal.cli;
