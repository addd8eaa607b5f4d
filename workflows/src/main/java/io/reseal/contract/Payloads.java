package io.reseal.contract;

import com.fasterxml.jackson.databind.DeserializationFeature;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.JacksonJsonPayloadConverter;

/** How the contract's records travel through Temporal. */
public final class Payloads {

  private Payloads() {}

  /**
   * Temporal's own JSON, but fields that a newer version has added are passed over: during an
   * upgrade hosts of both versions read what either has written.
   */
  public static DataConverter converter() {
    return DefaultDataConverter.newDefaultInstance()
        .withPayloadConverterOverrides(
            new JacksonJsonPayloadConverter(
                JacksonJsonPayloadConverter.newDefaultObjectMapper()
                    .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)));
  }
}
