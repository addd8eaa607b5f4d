package io.reseal.outage;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class OutageTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(Outage.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private long seconds;
  private final Outage outage =
      new Outage("The service", () -> TimeUnit.SECONDS.toNanos(seconds) - Long.MAX_VALUE / 2);

  @BeforeEach
  void listen() {
    log.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(log);
    logger.setLevel(null);
  }

  @Test
  void tellsHowLongAgoItEnded() {
    assertThat(outage.overFor()).isEmpty();
    outage.failed("It is away.");
    assertThat(outage.overFor()).contains(Duration.ZERO);
    seconds += 4;
    outage.answered();
    assertThat(outage.overFor()).as("too short to matter").isEmpty();

    outage.failed("It is away.");
    seconds += 300;
    outage.answered();
    seconds += 7;
    assertThat(outage.overFor()).contains(Duration.ofSeconds(7));
  }

  private List<String> lines() {
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  // Catches: a line for each call that fails during an outage.
  @Test
  void hasOneLineAMinuteAndOneWhenItIsOver() {
    for (seconds = 0; seconds < 150; seconds++) {
      outage.failed("It is away.");
      outage.failed("It is away.");
    }
    outage.answered();
    outage.answered();

    assertThat(lines())
        .containsExactly(
            "It is away. (Away for 0 s; failed calls: 1.)",
            "It is away. (Away for 60 s; failed calls: 121.)",
            "It is away. (Away for 120 s; failed calls: 241.)",
            "The service answers again after 150 s; failed calls: 300.");
  }

  // Catches: a service that fails every other call and writes two lines each time.
  @Test
  void aServiceThatComesAndGoesHasTwoLinesAMinute() {
    for (seconds = 0; seconds < 60; seconds++) {
      outage.failed("It is away.");
      outage.answered();
    }

    assertThat(lines()).hasSize(2);
  }

  @Test
  void aServiceThatAlwaysAnswersHasNone() {
    outage.answered();

    assertThat(lines()).isEmpty();
  }
}
