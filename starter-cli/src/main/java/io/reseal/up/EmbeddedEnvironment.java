package io.reseal.up;

import io.reseal.config.Installation;
import io.reseal.systemd.ServiceManager;
import java.util.HashMap;
import java.util.Map;

/** The environment of programs that work on an embedded installation. */
public final class EmbeddedEnvironment {

  private EmbeddedEnvironment() {}

  /**
   * Without the settings that would lead to another installation's Temporal or catalog, and without
   * the service manager, which expects messages of the program that it has started itself.
   */
  public static Map<String, String> of(Map<String, String> environment) {
    Map<String, String> own = new HashMap<>(environment);
    removeOthers(own);
    return own;
  }

  /** Removes those settings from an environment. */
  static void removeOthers(Map<String, String> environment) {
    environment
        .keySet()
        .removeIf(
            key ->
                key.startsWith("TEMPORAL_")
                    || key.startsWith("RESEAL_CATALOG_")
                    || key.equals(ServiceManager.SOCKET)
                    || key.equals(Installation.PROFILE));
  }
}
