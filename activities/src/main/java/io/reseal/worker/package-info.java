/**
 * One sealing host: its threads, its queues and slots, what it reports, and the process's wiring.
 */
package io.reseal.worker;
