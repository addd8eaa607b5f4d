/**
 * This host's GPUs: which exist, which stage uses which, which have failed, and how they are
 * tested.
 */
package io.reseal.gpu;
