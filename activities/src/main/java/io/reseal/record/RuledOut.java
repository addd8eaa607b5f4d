package io.reseal.record;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A value that does not count because it cannot be right.
 *
 * @param fact name of the fact
 * @param source whose value
 * @param why a clause that follows a colon
 */
public record RuledOut(String fact, String source, String why) {

  /** What was ruled out, a sentence for each source and reason. */
  public static List<String> sentences(List<RuledOut> all) {
    return all.stream()
        .map(RuledOut::alike)
        .distinct()
        .map(
            alike ->
                "Ignored the %s of '%s': %s."
                    .formatted(
                        all.stream()
                            .filter(one -> one.alike().equals(alike))
                            .map(RuledOut::fact)
                            .collect(Collectors.joining(", ")),
                        alike.source(),
                        alike.why()))
        .toList();
  }

  private RuledOut alike() {
    return new RuledOut("", source, why);
  }
}
