package io.reseal.fleet;

import com.uber.m3.tally.Buckets;
import com.uber.m3.tally.Capabilities;
import com.uber.m3.tally.CapableOf;
import com.uber.m3.tally.RootScopeBuilder;
import com.uber.m3.tally.Scope;
import com.uber.m3.tally.StatsReporter;
import com.uber.m3.util.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the requests that a fleet sends to Temporal, as Temporal's own client counts them. */
// The interface of that client's metrics has a raw type that is deprecated.
@SuppressWarnings({"rawtypes", "deprecation"})
final class Requests implements StatsReporter {

  private static final double EVERY_SECONDS = 1;

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  /** Where the connections of all hosts report. */
  Scope scope() {
    return new RootScopeBuilder().reporter(this).reportEvery(Duration.ofSeconds(EVERY_SECONDS));
  }

  /** How many there were of each kind so far; failed ones by kind and status. */
  Map<String, Long> counts() {
    Map<String, Long> now = new TreeMap<>();
    counts.forEach((kind, count) -> now.put(kind, count.sum()));
    return now;
  }

  @Override
  public void reportCounter(String name, Map<String, String> tags, long value) {
    switch (name) {
      case "temporal_request", "temporal_long_request" -> add(tags.get("operation"), value);
      case "temporal_request_failure", "temporal_long_request_failure" ->
          add(tags.get("operation") + " " + tags.get("status_code"), value);
      default -> {
        // Not a request.
      }
    }
  }

  private void add(String kind, long value) {
    counts.computeIfAbsent(kind, unused -> new LongAdder()).add(value);
  }

  @Override
  public void reportGauge(String name, Map<String, String> tags, double value) {
    // Only requests are counted.
  }

  @Override
  public void reportTimer(String name, Map<String, String> tags, Duration interval) {
    // Only requests are counted.
  }

  @Override
  public void reportHistogramValueSamples(
      String name,
      Map<String, String> tags,
      Buckets buckets,
      double lower,
      double upper,
      long samples) {
    // Only requests are counted.
  }

  @Override
  public void reportHistogramDurationSamples(
      String name,
      Map<String, String> tags,
      Buckets buckets,
      Duration lower,
      Duration upper,
      long samples) {
    // Only requests are counted.
  }

  @Override
  public Capabilities capabilities() {
    return CapableOf.REPORTING;
  }

  @Override
  public void flush() {
    // Nothing is kept back.
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
