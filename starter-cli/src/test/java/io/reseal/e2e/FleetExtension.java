package io.reseal.e2e;

import io.reseal.core.CoreFiles;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the one fleet that all tests of this JVM share, and what they do with it. Everything
 * in it runs when a test begins; what the test left behind is ended afterwards.
 */
final class FleetExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(FleetExtension.class);

  /** The directory of this JVM's fleet: JVMs that run tests at the same time have one each. */
  private static final String DIRECTORY = System.getProperty("reseal.e2e", "e2e-1");

  /** The fleet and the helpers that work on it; closed with the fleet when all tests are over. */
  private record Shared(Fleet fleet, Lab lab, Runs runs, Ask ask, Stops stops)
      implements AutoCloseable {

    static Shared start() {
      if (System.getenv(CoreFiles.ENVIRONMENT) == null) {
        throw new AssertionError(
            "These tests need the built core: run `make java-test`, or set %s to native/dist."
                .formatted(CoreFiles.ENVIRONMENT));
      }
      try {
        Fleet fleet = new Fleet(Path.of("target", DIRECTORY).toAbsolutePath());
        Runs runs = new Runs(fleet);
        return new Shared(fleet, new Lab(fleet), runs, new Ask(fleet, runs), new Stops(fleet));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Map<Class<?>, Object> byType() {
      return Map.of(
          Fleet.class, fleet, Lab.class, lab, Runs.class, runs, Ask.class, ask, Stops.class, stops);
    }

    void settle() throws IOException {
      fleet.makeWhole();
      fleet.restoreTimings();
      stops.endAll();
      for (SectorId sector : runs.open()) {
        ask.sectors("abort", sector);
      }
      runs.awaitAllEnded();
    }

    @Override
    public void close() {
      fleet.close();
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    shared(context).fleet().makeWhole();
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    shared(context).settle();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return shared(context).byType().containsKey(parameter.getParameter().getType());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return shared(context).byType().get(parameter.getParameter().getType());
  }

  private static Shared shared(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(Shared.class, key -> Shared.start(), Shared.class);
  }
}
