/** What operators write in {@code reseal.toml} and {@code worker.toml}, read, checked and typed. */
package io.reseal.config;
