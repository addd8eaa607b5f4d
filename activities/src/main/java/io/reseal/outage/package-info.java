/**
 * Services that do not answer: what the log says about them, and what kind of network error it is.
 */
package io.reseal.outage;
