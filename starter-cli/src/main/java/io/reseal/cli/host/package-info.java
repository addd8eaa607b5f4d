/** Sealing hosts and their threads: run, seen, paused, resumed, removed. */
package io.reseal.cli.host;
