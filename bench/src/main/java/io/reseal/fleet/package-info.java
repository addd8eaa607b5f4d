/** Measures a fleet of simulated hosts: real workflows and queues, steps that only take time. */
package io.reseal.fleet;
