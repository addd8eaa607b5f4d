package io.reseal.core;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.config.Processor;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What one stage process is given besides what all of its kind are.
 *
 * @param onGpu whether it has a GPU, and so is of the flavour that uses it
 * @param environment variables over the program's own; those of its place go over them
 * @param fields of its request
 * @param places the places that do for it; where none does, any
 */
public record Assignment(
    boolean onGpu,
    Map<String, String> environment,
    ObjectNode fields,
    Predicate<Processor> places) {

  /** Nothing. */
  public static final Assignment NONE = of(Map.of());

  /** Variables alone, and no GPU. */
  public static Assignment of(Map<String, String> environment) {
    return new Assignment(false, environment, new ObjectMapper().createObjectNode(), place -> true);
  }
}
