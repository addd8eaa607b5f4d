package io.reseal.worker;

import io.reseal.catalog.Catalog;
import io.reseal.config.Installation;
import io.reseal.temporal.TemporalConnection;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The services that a worker uses.
 *
 * @param scheduler runs heartbeats and other short periodic work, none of which waits for anything
 * @param errands runs periodic work that may wait for a server: it must delay no heartbeat
 * @param storeLooks runs work in stores, each of which may hang
 */
record HostServices(
    Installation installation,
    Catalog catalog,
    TemporalConnection temporal,
    ScheduledExecutorService scheduler,
    ScheduledExecutorService errands,
    Executor storeLooks) {}
