/** The chain, asked of Lotus-compatible nodes over JSON-RPC: what it says of sectors. */
package io.reseal.chain;
