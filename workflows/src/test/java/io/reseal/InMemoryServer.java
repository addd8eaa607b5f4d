package io.reseal;

import io.reseal.contract.Names;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;

/** The in-memory server as Reseal's workflows need it: with all their search attributes. */
public final class InMemoryServer {

  private InMemoryServer() {}

  public static TestEnvironmentOptions.Builder options() {
    TestEnvironmentOptions.Builder options = TestEnvironmentOptions.newBuilder();
    Names.SEARCH_ATTRIBUTES.forEach(
        key -> options.registerSearchAttribute(key.getName(), key.getValueType()));
    return options;
  }

  /**
   * Closes a server in the background: its workers' pollers take half a second to end, which is
   * longer than most tests.
   */
  public static void close(TestWorkflowEnvironment environment) {
    Thread closing = new Thread(environment::close, "closing a test server");
    closing.setDaemon(true);
    closing.start();
  }
}
