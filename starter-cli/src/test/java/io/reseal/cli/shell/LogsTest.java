package io.reseal.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.spi.FilterReply;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.Status;
import io.reseal.catalog.CatalogException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class LogsTest {

  // Catches: a service file that names no configurator, so that logback writes each line itself,
  // too.
  @Test
  void logbackItselfWritesNothing() throws Exception {
    assertThat(ServiceLoader.load(Configurator.class)).anyMatch(Logs.Silence.class::isInstance);
    LoggerContext context = new LoggerContext();

    new ContextInitializer(context).autoConfig();

    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    assertThat(root.iteratorForAppenders()).isExhausted();
    assertThat(root.getLevel()).isEqualTo(Level.OFF);
  }

  // Catches: stack traces of everything that fails during an outage.
  @Test
  void whatFailsBecauseAServiceIsAwayIsLeftOut() {
    assertThat(decision(new RuntimeException(Status.UNAVAILABLE.asRuntimeException())))
        .isEqualTo(FilterReply.DENY);
    assertThat(decision(Status.DEADLINE_EXCEEDED.asRuntimeException())).isEqualTo(FilterReply.DENY);
    assertThat(
            decision(
                new IllegalStateException(
                    new CatalogException(
                        CatalogException.Reason.UNREACHABLE, "It is away.", null))))
        .isEqualTo(FilterReply.DENY);
    assertThat(decision(Status.NOT_FOUND.asRuntimeException())).isEqualTo(FilterReply.NEUTRAL);
    assertThat(decision(new IllegalStateException("Something else")))
        .isEqualTo(FilterReply.NEUTRAL);
    assertThat(decision(null)).isEqualTo(FilterReply.NEUTRAL);
  }

  // Catches: log lines that a collector cannot take apart.
  @Test
  void aLineOfJsonHasTheFieldsOfItsSector() throws Exception {
    LoggerContext context = new LoggerContext();
    LoggingEvent event =
        new LoggingEvent(
            "of.the.caller",
            context.getLogger("io.reseal.steps"),
            Level.WARN,
            "Layer {} of \"{}\"",
            new IllegalStateException("It failed"),
            new Object[] {3, "f01001/7"});
    event.setMDCPropertyMap(Map.of("sector", "f01001/7", "host", "host-a"));

    byte[] line = Logs.Format.JSON.encoder(context).encode(event);

    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(new String(line, StandardCharsets.UTF_8)).endsWith("\n").hasLineCount(1);
    assertThat(json.path("formattedMessage").asText()).isEqualTo("Layer 3 of \"f01001/7\"");
    assertThat(json.path("level").asText()).isEqualTo("WARN");
    assertThat(json.path("loggerName").asText()).isEqualTo("io.reseal.steps");
    assertThat(json.path("timestamp").asLong()).isPositive();
    assertThat(json.path("mdc").path("sector").asText()).isEqualTo("f01001/7");
    assertThat(json.path("mdc").path("host").asText()).isEqualTo("host-a");
    assertThat(json.path("throwable").path("message").asText()).isEqualTo("It failed");
  }

  private static FilterReply decision(Throwable thrown) {
    Logger logger = new LoggerContext().getLogger("some");
    return new OutageFilter()
        .decide(new LoggingEvent("of.the.caller", logger, Level.WARN, "It failed", thrown, null));
  }
}
