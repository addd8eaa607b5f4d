/** The workflow that checks the copies in one store. */
package io.reseal.scrub;
