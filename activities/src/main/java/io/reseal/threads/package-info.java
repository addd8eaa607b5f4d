/** The sealing threads of this host: which there are, and which rebuild holds each. */
package io.reseal.threads;
