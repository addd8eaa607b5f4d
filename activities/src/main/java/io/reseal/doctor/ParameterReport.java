package io.reseal.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.sector.SectorSize;
import java.util.ArrayList;
import java.util.List;

/**
 * The Groth16 parameters that a seal proof of a sector size needs, as they are on this host.
 *
 * @param size which size, {@code 2KiB}
 * @param directory where they are looked for
 * @param usable whether a proof can be made with them
 * @param canBeGenerated whether the size is one of tests, whose parameters anybody may make
 * @param files each file
 */
public record ParameterReport(
    String size, String directory, boolean usable, boolean canBeGenerated, List<File> files) {

  /**
   * One file.
   *
   * @param name its name
   * @param state {@code right}, {@code unread} (size right, not read), {@code missing}, {@code
   *     torn} or {@code wrong}
   * @param bytes its size, or null
   * @param expectedBytes what it should be, or null where that is not known
   * @param expectedDigests digests that are right, with where each comes from
   * @param message what is wrong with it and what to do, or null
   */
  public record File(
      String name,
      String state,
      Long bytes,
      Long expectedBytes,
      List<String> expectedDigests,
      String message) {}

  static ParameterReport of(SectorSize size, JsonNode result) {
    List<File> files = new ArrayList<>();
    for (JsonNode file : result.path("files")) {
      List<String> digests = new ArrayList<>();
      file.path("expected")
          .forEach(
              digest ->
                  digests.add(
                      "%s (%s)"
                          .formatted(
                              digest.path("digest").asText(), digest.path("origin").asText())));
      files.add(
          new File(
              file.path("name").asText(),
              file.path("state").asText(),
              file.path("bytes").isNull() ? null : file.path("bytes").asLong(),
              file.path("expected_bytes").isNull() ? null : file.path("expected_bytes").asLong(),
              List.copyOf(digests),
              file.path("message").isNull() ? null : file.path("message").asText()));
    }
    return new ParameterReport(
        size.toString(),
        result.path("directory").asText(),
        result.path("usable").asBoolean(),
        result.path("can_be_generated").asBoolean(),
        List.copyOf(files));
  }
}
