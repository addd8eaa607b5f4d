/** Brings together what several sources say of a sector. */
package io.reseal.intake;
