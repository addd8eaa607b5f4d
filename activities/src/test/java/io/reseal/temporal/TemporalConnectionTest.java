package io.reseal.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemporalConnectionTest {

  // Catches: workflows' inputs that cross a network in the clear without a word.
  @ParameterizedTest
  @CsvSource({
    "temporal.example:7233, false, true",
    "10.0.0.7:7233, false, true",
    "temporal.example:7233, true, false",
    "127.0.0.1:7233, false, false",
    "localhost:7233, false, false",
    "[::1]:7233, false, false"
  })
  void warnsOfAConnectionThatOthersCanRead(String address, boolean tls, boolean warns) {
    try (TemporalConnection connection =
        TemporalConnection.open(address, "reseal", Map.of("TEMPORAL_TLS", Boolean.toString(tls)))) {
      assertThat(connection.plaintextWarning().isPresent()).isEqualTo(warns);
    }
  }
}
