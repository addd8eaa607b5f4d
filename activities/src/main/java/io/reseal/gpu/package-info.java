/**
 * This host's GPUs: which there are, which stage has which, which have failed, how each is tested.
 */
package io.reseal.gpu;
