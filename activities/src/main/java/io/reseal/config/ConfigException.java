package io.reseal.config;

import io.reseal.problem.RefusedException;
import java.util.List;

/** All faults of a configuration, one line for people each. */
public final class ConfigException extends RefusedException {

  private final List<String> faults;

  public ConfigException(List<String> faults) {
    super(String.join("\n", faults));
    this.faults = List.copyOf(faults);
  }

  public ConfigException(String fault) {
    this(List.of(fault));
  }

  /** The faults in the order of the file, never empty. */
  public List<String> faults() {
    return faults;
  }
}
