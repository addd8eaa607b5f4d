package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A possible explanation why sealed files differ from the record.
 *
 * @param about what was checked
 * @param verdict whether it explains the difference
 * @param text what was found
 */
record Finding(String about, Verdict verdict, String text) {

  /** What decides the layers. */
  private static final Set<String> INPUTS = Set.of("proof type", "ticket", "CommD", "miner");

  /** The result of a check. */
  enum Verdict {
    /** Correct, so not the explanation. */
    RIGHT,
    /** Incorrect. */
    WRONG,
    /** Cannot be checked on this host. */
    UNKNOWN
  }

  /** Parses the findings that the core reports. */
  static List<Finding> listOf(JsonNode findings) {
    List<Finding> list = new ArrayList<>();
    for (JsonNode finding : findings) {
      Verdict verdict =
          switch (finding.path("verdict").asText()) {
            case "right" -> Verdict.RIGHT;
            case "wrong" -> Verdict.WRONG;
            default -> Verdict.UNKNOWN;
          };
      list.add(new Finding(finding.path("about").asText(), verdict, finding.path("text").asText()));
    }
    return list;
  }

  /** Whether the host's parent cache, which all layers are made with, is damaged. */
  static boolean isParentCacheWrong(List<Finding> findings) {
    return findings.stream()
        .anyMatch(
            finding ->
                finding.about().equals("parent cache") && finding.verdict() == Verdict.WRONG);
  }

  /**
   * Whether something was found wrong besides p_aux, which only repeats that CommR differs; then no
   * other host has to seal the sector for comparison.
   */
  static boolean isExplained(List<Finding> findings) {
    return findings.stream()
        .anyMatch(
            finding -> finding.verdict() == Verdict.WRONG && !finding.about().equals("p_aux"));
  }

  /**
   * Sentences after a space: wrong and unknown findings in full, right ones, and inputs that no
   * check can judge, by name.
   */
  static String summary(List<Finding> findings) {
    List<String> right = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    List<String> inputs = new ArrayList<>();
    for (Finding finding : findings) {
      String line = "%s: %s".formatted(finding.about(), finding.text());
      switch (finding.verdict()) {
        case RIGHT -> right.add(finding.about());
        case WRONG -> wrong.add(line);
        case UNKNOWN -> {
          if (INPUTS.contains(finding.about())) {
            inputs.add(finding.about());
          } else {
            unknown.add(line);
          }
        }
      }
    }
    return list(" Right: ", right, ", ")
        + list(" Wrong: ", wrong, "; ")
        + list(" Unknown here: ", unknown, "; ")
        + list(" Only sealing again can show whether these are right: ", inputs, ", ");
  }

  private static String list(String title, List<String> entries, String between) {
    return entries.isEmpty() ? "" : title + String.join(between, entries) + ".";
  }
}
