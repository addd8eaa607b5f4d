package io.reseal.cli.host;

import io.reseal.catalog.ThreadRow;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The sectors that a host labels together now, one line for each core. */
final class LabellingGroups {

  private LabellingGroups() {}

  /** {@code labelling on CPU 5: s-t01001-123 layer 3 of 11, s-t01001-124 layer 2 of 11}. */
  static String lines(List<ThreadRow> threads) {
    Map<Integer, List<ThreadRow>> groups =
        threads.stream()
            .filter(thread -> thread.labelling() != null && thread.sector() != null)
            .collect(
                Collectors.groupingBy(
                    thread -> thread.labelling().cpu(), TreeMap::new, Collectors.toList()));
    return groups.entrySet().stream()
        .map(
            group ->
                "labelling on CPU %d: %s%n"
                    .formatted(
                        group.getKey(),
                        group.getValue().stream()
                            .map(LabellingGroups::member)
                            .collect(Collectors.joining(", "))))
        .collect(Collectors.joining());
  }

  private static String member(ThreadRow thread) {
    ThreadRow.Labelling at = thread.labelling();
    return at.layer() == 0
        ? thread.sector().fileName()
        : "%s layer %d of %d".formatted(thread.sector().fileName(), at.layer(), at.layers());
  }
}
