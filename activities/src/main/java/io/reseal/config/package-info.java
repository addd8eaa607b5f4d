/** Reads and checks {@code reseal.toml} and {@code worker.toml} into typed settings. */
package io.reseal.config;
