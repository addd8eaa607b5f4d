/** What people name on the command line: sectors, a host's file. */
package io.reseal.cli.arguments;
