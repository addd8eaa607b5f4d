/** Connects to a Temporal server and sets up what Reseal needs there. */
package io.reseal.temporal;
