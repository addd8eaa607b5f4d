package io.reseal.sector;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Finds values, mostly of enums, by the names that files, commands and payloads use for them. */
public final class NamedValues {

  private NamedValues() {}

  /** The first value that matches, if there is one. */
  public static <T> Optional<T> find(T[] values, Predicate<T> fits) {
    return Arrays.stream(values).filter(fits).findFirst();
  }

  /**
   * The value whose {@code toString} is that name.
   *
   * @param what the name should have been, for the message: {@code a plan}
   * @throws IllegalArgumentException listing the valid names
   */
  public static <T> T require(T[] values, String name, String what) {
    return find(values, value -> value.toString().equals(name))
        .orElseThrow(() -> unknown(values, name, what));
  }

  /** Like {@link #require}, but ignoring case. */
  public static <T> T requireInAnyCase(T[] values, String name, String what) {
    return find(values, value -> value.toString().equalsIgnoreCase(name))
        .orElseThrow(() -> unknown(values, name, what));
  }

  private static <T> IllegalArgumentException unknown(T[] values, String name, String what) {
    return new IllegalArgumentException(
        "'%s' is not %s: there are %s."
            .formatted(
                name,
                what,
                Arrays.stream(values).map(Object::toString).collect(Collectors.joining(", "))));
  }
}
