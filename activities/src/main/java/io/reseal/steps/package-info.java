/** The steps of a rebuild on a sealing host, and the hold on its thread. */
package io.reseal.steps;
