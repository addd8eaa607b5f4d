package io.reseal;

import io.reseal.contract.Names;
import io.temporal.testing.TestEnvironmentOptions;

/** The in-memory server as Reseal's workflows need it: with all their search attributes. */
public final class InMemoryServer {

  private InMemoryServer() {}

  public static TestEnvironmentOptions.Builder options() {
    TestEnvironmentOptions.Builder options = TestEnvironmentOptions.newBuilder();
    Names.SEARCH_ATTRIBUTES.forEach(
        key -> options.registerSearchAttribute(key.getName(), key.getValueType()));
    return options;
  }
}
