/** What is lost of a miner, and how urgent that is. */
package io.reseal.cli.losses;
