package io.reseal.steps;

import io.reseal.files.SectorFiles;
import io.reseal.reading.SmallFile;
import io.reseal.sector.Commitment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The vanilla proofs of an update, which Curio keeps beside it when it clears the rest: a JSON
 * array of proofs in base64, one for each partition. Each begins with the root of tree C.
 */
final class UpdateProofs {

  private static final int ROOT_BYTES = 32;

  /** The base64 of a proof's first 33 bytes. */
  private static final Pattern FIRST_PROOF =
      Pattern.compile("\\s*\\[\\s*\"([A-Za-z0-9+/]{44}).*", Pattern.DOTALL);

  /** More than white space and those bytes need. */
  private static final int BEGINNING = 4096;

  private UpdateProofs() {}

  /** The root of tree C that the first proof names; empty if there is no such file, or another. */
  static Optional<Commitment> commC(SectorFiles files) {
    try {
      byte[] beginning = SmallFile.beginning(files.updateProofs(), BEGINNING);
      Matcher proof = FIRST_PROOF.matcher(new String(beginning, StandardCharsets.US_ASCII));
      return proof.matches()
          ? Optional.of(
              Commitment.of(Arrays.copyOf(Base64.getDecoder().decode(proof.group(1)), ROOT_BYTES)))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
