/** What every command gets: the installation's services, exit statuses, error messages. */
package io.reseal.cli.shell;
