package io.reseal.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.sector.SectorSize;
import java.util.ArrayList;
import java.util.List;

/**
 * The Groth16 parameters on this host for seal proofs of one sector size.
 *
 * @param size the sector size, e.g. {@code 2KiB}
 * @param directory where they should be
 * @param usable whether a proof can be made with them
 * @param canBeGenerated whether it is a test size, whose parameters anyone may generate
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
   * @param expectedBytes its correct size, or null if unknown
   * @param expectedDigests the correct digests, with the origin of each
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
