package io.reseal.record;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** Facts of a sector, as far as they are known, each in its one valid form. */
public final class Facts {

  /** Nothing is known. */
  public static final Facts NONE = builder().build();

  private final Map<Fact<?>, Object> values;

  private Facts(Map<Fact<?>, Object> values) {
    this.values = Map.copyOf(values);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that begins with these facts. */
  public Builder toBuilder() {
    Builder builder = builder();
    builder.values.putAll(values);
    return builder;
  }

  public <T> Optional<T> get(Fact<T> fact) {
    return Optional.ofNullable(values.get(fact)).map(fact::cast);
  }

  /** The fact's value, or null if it is not known. */
  public <T> T orNull(Fact<T> fact) {
    return get(fact).orElse(null);
  }

  public boolean has(Fact<?> fact) {
    return values.containsKey(fact);
  }

  /** The value for people; equal for values that mean the same. */
  public <T> Optional<String> text(Fact<T> fact) {
    return get(fact).map(fact::text);
  }

  /** Passes on each known fact with its value, in the order of {@link Fact#ALL}. */
  public void each(BiConsumer<Fact<?>, Object> taker) {
    Fact.ALL.stream().filter(this::has).forEach(fact -> taker.accept(fact, values.get(fact)));
  }

  /** Whether the sector was snapped; if not stated, an update's CommR shows that it was. */
  public boolean isSnapped() {
    return get(Fact.SNAPPED).orElse(has(Fact.SNAP_COMM_R));
  }

  /** These facts, completed by the earlier ones that are not among them. */
  public Facts over(Facts earlier) {
    Builder both = toBuilder();
    earlier.values.forEach(
        (fact, value) -> {
          if (!has(fact) && fact.owner().filter(this::has).isEmpty()) {
            both.values.put(fact, value);
          }
        });
    return both.build();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Facts facts && facts.values.equals(values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return Fact.ALL.stream()
        .filter(this::has)
        .map(fact -> fact + "=" + values.get(fact))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  /** Collects facts. */
  public static final class Builder {

    private final Map<Fact<?>, Object> values = new HashMap<>();

    private Builder() {}

    /**
     * Adds or replaces a fact.
     *
     * @throws IllegalArgumentException if the fact cannot have this value
     */
    public <T> Builder put(Fact<T> fact, T value) {
      values.put(fact, fact.normal(value));
      return this;
    }

    /** Adds or replaces a fact if it is known. */
    public <T> Builder put(Fact<T> fact, Optional<? extends T> value) {
      value.ifPresent(known -> put(fact, known));
      return this;
    }

    /** Adds or replaces a fact by its value as stored. */
    public <T> Builder putStored(Fact<T> fact, Object stored) {
      return put(fact, fact.cast(stored));
    }

    public Builder remove(Fact<?> fact) {
      values.remove(fact);
      return this;
    }

    public Facts build() {
      return new Facts(values);
    }
  }
}
