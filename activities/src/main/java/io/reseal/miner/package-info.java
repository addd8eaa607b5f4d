/** The software that proves a miner's sectors: what Reseal reports to it, and what it sees. */
package io.reseal.miner;
