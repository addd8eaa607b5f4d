/** The workflow that compares a miner's sectors on the chain with the copies in the stores. */
package io.reseal.scan;
