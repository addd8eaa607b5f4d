package io.reseal.core;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.config.Processor;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Settings of a single stage process, in addition to those of all stage processes of its kind.
 *
 * @param onGpu whether it has a GPU and therefore runs the flavour that uses it
 * @param environment variables that override the program's own; the processor's override them
 * @param fields extra fields of its request
 * @param places the processors it may run on; if none matches, it may run on any
 */
public record Assignment(
    boolean onGpu,
    Map<String, String> environment,
    ObjectNode fields,
    Predicate<Processor> places) {

  /** No extra settings. */
  public static final Assignment NONE = of(Map.of());

  /** Environment variables only, without a GPU. */
  public static Assignment of(Map<String, String> environment) {
    return new Assignment(false, environment, new ObjectMapper().createObjectNode(), place -> true);
  }
}
