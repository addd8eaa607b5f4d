package io.reseal.metrics;

import com.uber.m3.tally.RootScopeBuilder;
import com.uber.m3.tally.Scope;
import com.uber.m3.tally.ScopeCloseException;
import com.uber.m3.util.Duration;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.reseal.catalog.Catalog;
import io.reseal.config.ConfigException;
import io.reseal.config.WorkerConfig;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.common.reporter.MicrometerClientStatsReporter;
import java.io.IOException;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One worker's metrics, served in Prometheus' formats at {@code /metrics}. */
public final class WorkerMetrics implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerMetrics.class);

  /** How often the values that Temporal's code measures are reported. */
  private static final Duration REPORT_EVERY = Duration.ofSeconds(5);

  /** Bounds of all histograms, in seconds: a call takes milliseconds, a step hours. */
  private static final double[] BOUNDS = {0.01, 0.1, 1, 10, 60, 600, 3_600, 21_600, 86_400};

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final Scope temporal;
  private HTTPServer server;

  /** Serves nothing yet. */
  public WorkerMetrics() {
    registry.config().meterFilter(new Bounds());
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    collections.bindTo(registry);
    this.temporal =
        new RootScopeBuilder()
            .reporter(new MicrometerClientStatsReporter(registry))
            .reportEvery(REPORT_EVERY);
  }

  /** Receives what Temporal's code measures. */
  public Scope temporal() {
    return temporal;
  }

  /** Measures the steps of the worker that it is given to. */
  public WorkerInterceptor steps() {
    return new StepMetrics(registry);
  }

  /** Adds what the pool of connections to the catalog measures. */
  public void add(Catalog catalog) {
    catalog.measuredBy(registry);
  }

  /** Adds the host's own metrics, which are read whenever the metrics are. */
  public void add(MultiCollector host) {
    registry.getPrometheusRegistry().register(host);
  }

  /**
   * Serves the metrics at the address in the host's file.
   *
   * @throws ConfigException if nothing can listen there
   */
  public void serve(WorkerConfig config) {
    config
        .metrics()
        .ifPresent(
            address -> {
              try {
                server =
                    HTTPServer.builder()
                        .hostname(address.host())
                        .port(address.port())
                        .registry(registry.getPrometheusRegistry())
                        .buildAndStart();
              } catch (IOException e) {
                throw new ConfigException(
                    "`metrics.http_listen` in %s: nothing can listen on %s (%s). Name another address there, or stop the program that uses it."
                        .formatted(config.file(), address, e.getMessage()));
              }
              LOG.info("Metrics are served at http://{}/metrics", address);
            });
  }

  @Override
  public void close() throws ScopeCloseException {
    if (server != null) {
      server.close();
    }
    temporal.close();
    collections.close();
    registry.close();
  }

  /** Replaces the buckets of Temporal's reporter: seventy, none above half a minute. */
  private static final class Bounds implements MeterFilter {

    @Override
    public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig asked) {
      return Boolean.TRUE.equals(asked.isPercentileHistogram())
          ? DistributionStatisticConfig.builder()
              .percentilesHistogram(false)
              .serviceLevelObjectives(nanoseconds())
              .build()
              .merge(asked)
          : asked;
    }

    private static double[] nanoseconds() {
      return Arrays.stream(BOUNDS).map(seconds -> seconds * 1e9).toArray();
    }
  }
}
