package io.reseal.config;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Values that configuration files name. */
final class NamedValues {

  private NamedValues() {}

  /**
   * The value of that name.
   *
   * @param what they are, for who named another
   */
  static <T> T find(T[] values, String name, String what) {
    return Arrays.stream(values)
        .filter(value -> value.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is no %s: there are %s."
                        .formatted(
                            name,
                            what,
                            Arrays.stream(values)
                                .map(Object::toString)
                                .collect(Collectors.joining(", ")))));
  }
}
