package io.reseal.e2e;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A schedule of faults that depends on nothing but its seed: which fault, on which host, for how
 * long, and how long after the one before. Every kind has its turn before one comes again. Which
 * sector it meets depends on what runs then.
 *
 * @param seed the same seed gives the same schedule
 * @param small how many sectors of 2 KiB are lost and rebuilt meanwhile, over and over
 * @param big how many sectors of 8 MiB
 * @param faults the faults in order
 */
record Torture(long seed, int small, int big, List<Planned> faults) {

  private static final int SMALL = 6;
  private static final int BIG = 3;

  private static final int LONGEST_PAUSE_MILLIS = 1_500;
  private static final int LONGEST_FAULT_MILLIS = 9_000;

  /**
   * One fault.
   *
   * @param fault its kind
   * @param host which host, if it is a host's
   * @param lastsMillis how long until it is over, if it does not end at once
   * @param afterMillis how long after the end of the one before
   * @param choice chooses among files, sectors or processes
   */
  record Planned(Fault fault, String host, int lastsMillis, int afterMillis, int choice) {

    <T> T choose(List<T> from) {
      return from.get(Math.floorMod(choice, from.size()));
    }

    @Override
    public String toString() {
      return "%s on %s for %d ms".formatted(fault, host, lastsMillis);
    }
  }

  /**
   * The run that was asked for: {@code -Dreseal.torture.seed=… .faults=… .small=… .big=…}, and
   * {@code .kinds=KILLED,FROZEN} for faults with such words in their names only.
   */
  static Torture asRequested() {
    List<Fault> kinds = kinds(System.getProperty("reseal.torture.kinds", ""));
    return of(
        Long.getLong("reseal.torture.seed", 1),
        Integer.getInteger("reseal.torture.small", SMALL),
        Integer.getInteger("reseal.torture.big", BIG),
        kinds,
        Integer.getInteger("reseal.torture.faults", kinds.size()));
  }

  private static List<Fault> kinds(String words) {
    List<Fault> kinds =
        Stream.of(Fault.values())
            .filter(fault -> Stream.of(words.split(",")).anyMatch(fault.name()::contains))
            .toList();
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("No fault has a name with one of: " + words);
    }
    return kinds;
  }

  private static Torture of(long seed, int small, int big, List<Fault> of, int count) {
    Random random = new Random(seed);
    List<Fault> kinds = new ArrayList<>(of);
    List<Planned> faults = new ArrayList<>();
    while (faults.size() < count) {
      int next = faults.size() % kinds.size();
      if (next == 0) {
        Collections.shuffle(kinds, random);
      }
      faults.add(
          new Planned(
              kinds.get(next),
              Fleet.HOSTS.get(random.nextInt(Fleet.HOSTS.size())),
              length(random),
              random.nextInt(LONGEST_PAUSE_MILLIS),
              random.nextInt()));
    }
    return new Torture(seed, small, big, List.copyOf(faults));
  }

  /** Mostly short, since a rebuild that is disturbed all the time shows less. */
  private static int length(Random random) {
    return (int) (LONGEST_FAULT_MILLIS * Math.pow(random.nextDouble(), 3));
  }

  @Override
  public String toString() {
    return "seed %d, %d faults, %d sectors of 2 KiB, %d of 8 MiB"
        .formatted(seed, faults.size(), small, big);
  }
}
