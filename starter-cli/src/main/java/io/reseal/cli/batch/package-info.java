/** Batches of rebuilds: begun, followed, steered, reported on. */
package io.reseal.cli.batch;
