/** What a lost sector costs its miner, and when: the chain's own arithmetic of money and epochs. */
package io.reseal.losses;
