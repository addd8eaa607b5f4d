package io.reseal.core;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * How far a stage process is.
 *
 * @param done units done
 * @param total units in all
 * @param unit {@code bytes}, {@code layers}, {@code steps} or {@code rounds}
 * @param text one line for people
 */
public record StageProgress(long done, long total, String unit, String text) {

  static StageProgress of(JsonNode progress) {
    return new StageProgress(
        progress.path("done").asLong(),
        progress.path("total").asLong(),
        progress.path("unit").asText(),
        progress.path("text").asText());
  }
}
