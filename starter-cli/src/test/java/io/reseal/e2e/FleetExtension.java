package io.reseal.e2e;

import io.reseal.core.CoreFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one fleet that all of them share, everything in it running at each begin. */
final class FleetExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(FleetExtension.class);

  @Override
  public void beforeEach(ExtensionContext context) {
    fleet(context).makeWhole();
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    fleet(context).settle();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Fleet.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return fleet(context);
  }

  private static Fleet fleet(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(Fleet.class, key -> start(), Fleet.class);
  }

  private static Fleet start() {
    if (System.getenv(CoreFiles.ENVIRONMENT) == null) {
      throw new AssertionError(
          "These tests need the built core: run `make java-test`, or set %s to native/dist."
              .formatted(CoreFiles.ENVIRONMENT));
    }
    try {
      return new Fleet(Path.of("target", "e2e").toAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
