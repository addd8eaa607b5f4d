/** Checks a sector's record and completes it to the facts that a rebuild uses. */
package io.reseal.inspection;
