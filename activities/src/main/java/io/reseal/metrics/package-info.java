/** The metrics of a worker: its core, GPUs and sealing threads, Temporal's SDK, the JVM. */
package io.reseal.metrics;
