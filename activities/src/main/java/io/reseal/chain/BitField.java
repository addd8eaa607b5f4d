package io.reseal.chain;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/**
 * A set of sector numbers as nodes write it: lengths of runs in turn out of and in the set, the
 * first one out of it. It is kept as runs, so that a short answer takes little memory whatever it
 * says.
 */
public final class BitField {

  /** First number after each run, by the run's first number. */
  private final NavigableMap<Long, Long> runs;

  private BitField(NavigableMap<Long, Long> runs) {
    this.runs = runs;
  }

  /** The set of these numbers. */
  public static BitField of(Collection<Long> numbers) {
    NavigableMap<Long, Long> runs = new TreeMap<>();
    for (long number : new TreeSet<>(numbers)) {
      Map.Entry<Long, Long> last = runs.lastEntry();
      if (last != null && last.getValue() == number) {
        runs.put(last.getKey(), number + 1);
      } else {
        runs.put(number, number + 1);
      }
    }
    return new BitField(runs);
  }

  /** Reads a node's answer. */
  static BitField read(JsonNode answer) {
    NavigableMap<Long, Long> runs = new TreeMap<>();
    long at = 0;
    boolean in = false;
    for (long length : Fields.list(answer, "the bit field", run -> Fields.number(run, "a run"))) {
      if (length < 0 || at > Long.MAX_VALUE - length) {
        throw new MalformedException("the bit field has a run of " + length);
      }
      if (in && length > 0) {
        Map.Entry<Long, Long> last = runs.lastEntry();
        // A run of no length between two runs does not part them.
        runs.put(last != null && last.getValue() == at ? last.getKey() : at, at + length);
      }
      at += length;
      in = !in;
    }
    return new BitField(runs);
  }

  /** The lengths of the runs, as nodes accept them. */
  public List<Long> lengths() {
    List<Long> lengths = new ArrayList<>();
    long at = 0;
    for (Map.Entry<Long, Long> run : runs.entrySet()) {
      lengths.add(run.getKey() - at);
      lengths.add(run.getValue() - run.getKey());
      at = run.getValue();
    }
    return lengths.isEmpty() ? List.of(0L) : lengths;
  }

  public boolean contains(long number) {
    Map.Entry<Long, Long> run = runs.floorEntry(number);
    return run != null && number < run.getValue();
  }

  /** How many numbers are in it; at most the greatest long. */
  public long size() {
    long size = 0;
    for (Map.Entry<Long, Long> run : runs.entrySet()) {
      size += run.getValue() - run.getKey();
    }
    return size;
  }

  /** Gives each number, in order. */
  public void forEach(LongConsumer taker) {
    runs.forEach((from, to) -> LongStream.range(from, to).forEach(taker));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BitField field && field.runs.equals(runs);
  }

  @Override
  public int hashCode() {
    return runs.hashCode();
  }

  @Override
  public String toString() {
    return lengths().toString();
  }
}
