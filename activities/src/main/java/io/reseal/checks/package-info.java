/** A host's part in the scheduled checks of the copies in its stores. */
package io.reseal.checks;
