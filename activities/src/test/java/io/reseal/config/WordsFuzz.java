package io.reseal.config;

import io.reseal.fuzz.Fuzzed;
import io.reseal.sector.Cid;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.sector.SectorSize;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** Fuzz target: addresses, CIDs, sizes, durations and other single words. */
public final class WordsFuzz {

  private static final List<Consumer<String>> WORDS =
      List.of(
          NodeAddress::parseAll,
          ByteSizes::parse,
          Durations::parse,
          CpuList::parse,
          Cid::ofUnsealed,
          Cid::ofSealed,
          SealProof::ofName,
          SectorSize::parse,
          SectorId::parseMiner,
          SectorId::parseNumber);

  private WordsFuzz() {}

  /** Takes one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    for (Consumer<String> word : WORDS) {
      Fuzzed.parse(() -> word.accept(text), IllegalArgumentException.class);
    }
  }
}
