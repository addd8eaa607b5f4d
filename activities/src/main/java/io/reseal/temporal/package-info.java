/** Reaching a Temporal server and giving it what Reseal needs there. */
package io.reseal.temporal;
