/** What systemd is told of the process that it started. */
package io.reseal.systemd;
