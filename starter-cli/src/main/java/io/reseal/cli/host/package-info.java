/** Commands about sealing hosts: run, list, pause, resume and remove them; their GPUs. */
package io.reseal.cli.host;
