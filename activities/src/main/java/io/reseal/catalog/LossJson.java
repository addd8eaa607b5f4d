package io.reseal.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.reseal.losses.MinerOnChain;
import io.reseal.losses.RepairOnHost;
import io.reseal.losses.SectorOnChain;
import java.util.List;

/** How scans of miners are written in their tables. */
final class LossJson {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private LossJson() {}

  static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("What a scan found can always be written as JSON.", e);
    }
  }

  static List<SectorOnChain> sectors(String json) {
    return List.of(read(json, SectorOnChain[].class));
  }

  static List<RepairOnHost> repairs(String json) {
    return List.of(read(json, RepairOnHost[].class));
  }

  static MinerOnChain miner(String json) {
    return read(json, MinerOnChain.class);
  }

  private static <T> T read(String json, Class<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "A row of a scan cannot be read: %s".formatted(e.getOriginalMessage()), e);
    }
  }
}
