/** A rebuild's steps, their order, and the table of states. */
package io.reseal.plan;
