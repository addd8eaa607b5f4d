/**
 * Labelling, the long part of PC1: which sectors of this host are labelled together, on which cores
 * and in how much memory, and the processes that do it.
 */
package io.reseal.labelling;
