/** What every command is given: the installation's services, exit statuses, errors. */
package io.reseal.cli.shell;
