package io.reseal.cli.show;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.reseal.catalog.ThreadRow;
import io.reseal.contract.StateChange;

/**
 * Prints results as JSON. Its own class because most commands print no JSON, and start faster
 * without it.
 */
public final class Json {

  public static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(new Jdk8Module())
          .addMixIn(StateChange.class, PrintedChange.class)
          .addMixIn(ThreadRow.class, PrintedThread.class)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
          .build();

  private Json() {}

  /** A state change as printed: its kind is for code, people and scripts have its step. */
  @JsonIgnoreProperties("kind")
  private interface PrintedChange {}

  /** A thread as printed: {@code lastErr} says what the fault is. */
  @JsonIgnoreProperties("faulted")
  private interface PrintedThread {}
}
