package io.reseal.files;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Every store that was to take a sector failed while it was written; the message names each. */
public final class StoresFailedException extends IOException implements HasFailureType {

  private final FailureType type;

  /**
   * @param failures what each store failed with, by the store's name
   */
  StoresFailedException(SectorId sector, Map<String, IOException> failures) {
    super(
        "No attached store could be written to for sector %s: %s."
            .formatted(
                sector,
                failures.entrySet().stream()
                    .map(
                        entry ->
                            "\"%s\": %s"
                                .formatted(entry.getKey(), OsError.sentence(entry.getValue())))
                    .collect(Collectors.joining("; "))));
    Map<String, IOException> others = new LinkedHashMap<>(failures);
    others.values().removeIf(failure -> OsError.of(failure) == OsError.NO_SPACE);
    this.type = others.isEmpty() ? FailureType.HOST_NO_STORE : FailureType.HOST_IO;
    failures.values().forEach(this::addSuppressed);
  }

  @Override
  public FailureType failureType() {
    return type;
  }
}
