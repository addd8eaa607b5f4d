package io.reseal.core;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The GPUs of this host, as NVIDIA's driver reports them to a stage program.
 *
 * @param driver the driver's version, if there is a driver
 * @param why why GPUs are missing: a sentence without the final full stop; empty if none is
 * @param gpus the usable GPUs
 */
public record HostGpus(Optional<String> driver, Optional<String> why, List<Gpu> gpus) {

  /** No GPUs, with the reason. */
  static HostGpus none(String why) {
    return new HostGpus(Optional.empty(), Optional.of(why), List.of());
  }

  /** Asks the driver through this flavour's stage program. */
  public static HostGpus ask(CoreFiles files) {
    return ask(new CoreProbe(Map.of()), files);
  }

  /** Asks the driver, in a separate process. */
  static HostGpus ask(CoreProbe probe, CoreFiles files) {
    try {
      return of(probe.ask(files, Operation.GPUS));
    } catch (CoreNotFoundException e) {
      return none("the driver could not be asked: " + e.getMessage());
    }
  }

  static HostGpus of(JsonNode answer) {
    List<Gpu> gpus = new ArrayList<>();
    for (JsonNode gpu : answer.path("gpus")) {
      gpus.add(
          new Gpu(
              gpu.path("index").asInt(),
              gpu.path("uuid").asText(),
              gpu.path("name").asText(),
              gpu.path("memory").asLong(),
              gpu.path("compute").asText(),
              gpu.path("pci").asText()));
    }
    return new HostGpus(text(answer, "driver"), text(answer, "why"), gpus);
  }

  private static Optional<String> text(JsonNode answer, String field) {
    return answer.hasNonNull(field) ? Optional.of(answer.get(field).asText()) : Optional.empty();
  }
}
