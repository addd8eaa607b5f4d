/**
 * One sealing host: its threads, its queues and slots, what it reports, and how the process is
 * wired.
 */
package io.reseal.worker;
