/** What the chain knows of sectors, fetched from Lotus-compatible nodes over JSON-RPC. */
package io.reseal.chain;
