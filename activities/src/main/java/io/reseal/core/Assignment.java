package io.reseal.core;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.config.Processor;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What one stage process is given besides what all of its kind are.
 *
 * @param environment variables over the program's own; those of its place go over them
 * @param fields of its request
 * @param places the places that do for it; where none does, any
 */
public record Assignment(
    Map<String, String> environment, ObjectNode fields, Predicate<Processor> places) {

  /** Nothing. */
  public static final Assignment NONE = of(Map.of());

  /** Variables alone. */
  public static Assignment of(Map<String, String> environment) {
    return new Assignment(environment, new ObjectMapper().createObjectNode(), place -> true);
  }
}
