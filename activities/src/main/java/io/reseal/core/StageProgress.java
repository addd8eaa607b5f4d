package io.reseal.core;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The progress of a stage process.
 *
 * @param done units done
 * @param total units in total
 * @param unit {@code bytes}, {@code layers}, {@code steps} or {@code rounds}
 * @param within how much of the next unit is done, 0 to 1, or -1 if unknown
 * @param preparing whether it does something that comes before the next unit, e.g. verifies the
 *     parent cache before a layer
 * @param text one line to show
 */
public record StageProgress(
    long done, long total, String unit, double within, boolean preparing, String text) {

  /** The progress that a stage process wrote after {@code "progress":}. */
  public static StageProgress of(JsonNode progress) {
    return new StageProgress(
        progress.path("done").asLong(),
        progress.path("total").asLong(),
        progress.path("unit").asText(),
        progress.path("within").asDouble(-1),
        progress.path("preparing").asBoolean(),
        progress.path("text").asText());
  }
}
