/** Merges the findings of several sources on a sector into its record. */
package io.reseal.intake;
