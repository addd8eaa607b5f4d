/** Failures that are explained to people: a sentence, and whose turn it is. */
package io.reseal.problem;
