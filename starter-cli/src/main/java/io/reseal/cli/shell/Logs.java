package io.reseal.cli.shell;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** How much of the program's log is shown: nothing for commands, all that matters for services. */
public final class Logs {

  private Logs() {}

  public static void ofCommand(boolean debug) {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    root().setLevel(debug ? Level.DEBUG : Level.OFF);
  }

  public static void ofService() {
    if (!root().isDebugEnabled()) {
      root().setLevel(Level.INFO);
    }
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }
}
