package io.reseal.cli.shell;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;
import java.util.Locale;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * How much of the log is printed to stderr: nothing for commands, everything from INFO up for
 * services.
 */
public final class Logs {

  /** How log lines are written. */
  public enum Format {
    /** A line for people. */
    TEXT,
    /** A JSON object on each line, for log collectors. */
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    Encoder<ILoggingEvent> encoder(LoggerContext context) {
      Encoder<ILoggingEvent> encoder = this == JSON ? json() : text();
      encoder.setContext(context);
      encoder.start();
      return encoder;
    }

    private static Encoder<ILoggingEvent> text() {
      PatternLayoutEncoder text = new PatternLayoutEncoder();
      text.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{20} %msg%n");
      return text;
    }

    private static Encoder<ILoggingEvent> json() {
      JsonEncoder json = new JsonEncoder();
      json.setWithFormattedMessage(true);
      json.setWithMessage(false);
      json.setWithArguments(false);
      json.setWithContext(false);
      json.setWithSequenceNumber(false);
      json.setWithNanoseconds(false);
      json.setWithMarkers(false);
      json.setWithKVPList(false);
      return json;
    }
  }

  private static final String STDERR = "stderr";

  private static Format format = Format.TEXT;

  /** They log each failed connection; the catalog reports its outages itself. */
  private static final List<String> OF_CONNECTIONS =
      List.of("com.zaxxer.hikari", "org.mariadb.jdbc");

  private Logs() {}

  /** Logback's configuration before the command is known: silent, without reading a file. */
  @ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
  public static final class Silence extends ContextAwareBase implements Configurator {

    @Override
    public ExecutionStatus configure(LoggerContext context) {
      context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
      return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
  }

  public static void ofCommand(boolean debug, Format wanted) {
    format = wanted;
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    if (debug) {
      show(Level.DEBUG);
    } else {
      root().setLevel(Level.OFF);
    }
  }

  public static void ofService() {
    if (!root().isDebugEnabled()) {
      show(Level.INFO);
      OF_CONNECTIONS.forEach(name -> logger(name).setLevel(Level.OFF));
      root().getAppender(STDERR).addFilter(started(new OutageFilter()));
    }
  }

  private static OutageFilter started(OutageFilter filter) {
    filter.start();
    return filter;
  }

  private static void show(Level level) {
    if (root().getAppender(STDERR) == null) {
      root().addAppender(stderr(root().getLoggerContext()));
    }
    root().setLevel(level);
  }

  private static ConsoleAppender<ILoggingEvent> stderr(LoggerContext context) {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setName(STDERR);
    appender.setTarget(ConsoleTarget.SystemErr.getName());
    appender.setEncoder(format.encoder(context));
    appender.start();
    return appender;
  }

  private static Logger root() {
    return logger(Logger.ROOT_LOGGER_NAME);
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }
}
