/** Stand-ins for what Reseal works with: a miner's software that seals sectors, a piece store. */
package io.reseal.standin;
