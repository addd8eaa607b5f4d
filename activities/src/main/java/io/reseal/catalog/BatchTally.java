package io.reseal.catalog;

import io.reseal.contract.OnChain;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How many of a batch's sectors are in which state, here and on the chain.
 *
 * @param counts here
 * @param onChain how many of the finished ones have which status on the chain since they were put
 *     back; {@code not seen} for those that were not looked at
 */
public record BatchTally(BatchCounts counts, Map<String, Long> onChain) {

  static BatchTally of(String batch, List<BatchTable.Tally> tallies) {
    Map<BatchOutcome.Kind, Integer> kinds =
        tallies.stream()
            .collect(
                Collectors.groupingBy(
                    BatchTable.Tally::kind, Collectors.summingInt(BatchTable.Tally::sectors)));
    return new BatchTally(
        new BatchCounts(
            batch,
            kinds.getOrDefault(BatchOutcome.Kind.FINISHED, 0),
            kinds.getOrDefault(BatchOutcome.Kind.DROPPED, 0),
            kinds.getOrDefault(BatchOutcome.Kind.PARKED, 0),
            kinds.getOrDefault(BatchOutcome.Kind.RUNNING, 0),
            kinds.getOrDefault(BatchOutcome.Kind.QUEUED, 0)),
        tallies.stream()
            .filter(tally -> tally.kind() == BatchOutcome.Kind.FINISHED)
            .collect(
                Collectors.groupingBy(
                    tally -> OnChain.word(tally.status()),
                    TreeMap::new,
                    Collectors.summingLong(BatchTable.Tally::sectors))));
  }
}
