package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * One thing that could explain that something sealed is not what the record says.
 *
 * @param about what was looked at
 * @param verdict whether that explains it
 * @param text what was seen
 */
record Finding(String about, Verdict verdict, String text) {

  /** What a look says. */
  enum Verdict {
    /** As it should be: no explanation. */
    RIGHT,
    /** Not as it should be. */
    WRONG,
    /** Cannot be told here. */
    UNKNOWN
  }

  /** Those that the core tells. */
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

  /**
   * Sentences after a space: what is wrong and what cannot be told in full, of what is right the
   * names.
   */
  static String told(List<Finding> findings) {
    List<String> right = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (Finding finding : findings) {
      String line = "%s: %s".formatted(finding.about(), finding.text());
      switch (finding.verdict()) {
        case RIGHT -> right.add(finding.about());
        case WRONG -> wrong.add(line);
        case UNKNOWN -> unknown.add(line);
      }
    }
    return list(" Right: ", right, ", ")
        + list(" Wrong: ", wrong, "; ")
        + list(" Cannot be told here: ", unknown, "; ");
  }

  private static String list(String title, List<String> entries, String between) {
    return entries.isEmpty() ? "" : title + String.join(between, entries) + ".";
  }
}
