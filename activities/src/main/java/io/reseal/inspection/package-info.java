/** Checks a sector's record and completes it to the facts that a rebuild goes by. */
package io.reseal.inspection;
