package io.reseal.exchange;

import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.Reading;
import io.reseal.sector.Cid;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The file {@code sectors-recovery-MINER.json} that {@code sealer-recover export} writes: each
 * sector's ticket, seal proof and CommR.
 */
public final class SealerRecoverFile {

  private static final Set<String> KNOWN = Set.of("Miner", "SectorSize", "SectorInfos");

  private final Path file;
  private final FieldReader fields;
  private final long miner;
  private final long size;
  private final List<String> remarks;

  private SealerRecoverFile(Path file, Optional<Long> named) {
    this.file = file;
    this.fields = new FieldReader(JsonObjects.read(InputFile.bytes(file), file.toString()));
    Optional<Long> owner = fields.required("Miner").flatMap(text -> owner(text, named));
    Optional<Long> bytes = fields.wholeNumber("SectorSize");
    if (!fields.has("SectorInfos")) {
      fields.fault("SectorInfos", "is missing.");
    }
    this.remarks = new ArrayList<>();
    List<String> unknown = fields.unknown(KNOWN);
    if (!unknown.isEmpty()) {
      remarks.add("Unknown fields were ignored: %s.".formatted(unknown));
    }
    fields.length("SectorInfos");
    refuseFaults(
        "%s is not a file of sealer-recover that can be imported.".formatted(file), fields);
    this.miner = owner.orElseThrow();
    this.size = bytes.orElseThrow();
  }

  /**
   * Reads all sectors of the file.
   *
   * @param miner the miner, if the file may name it by an address that does not contain its number
   */
  public static Reading read(Path file, Optional<Long> miner) {
    return new SealerRecoverFile(file, miner).sectors();
  }

  /** The file has the miner's address as somebody typed it, e.g. as a robust one. */
  private Optional<Long> owner(String address, Optional<Long> named) {
    if (named.isPresent() && SectorId.isRobust(address)) {
      return named;
    }
    Optional<Long> owner = fields.checked("Miner", () -> SectorId.parseMiner(address));
    if (SectorId.isRobust(address)) {
      fields.fault("Miner", "can be given by --miner.");
    }
    owner
        .filter(number -> !number.equals(named.orElse(number)))
        .ifPresent(
            number ->
                fields.fault(
                    "Miner", "is f0%d, not f0%d as given.".formatted(number, named.get())));
    return owner;
  }

  private Reading sectors() {
    FoundSectors found = new FoundSectors(file.toString());
    for (int index = 0; index < fields.length("SectorInfos"); index++) {
      String path = "SectorInfos[%d]".formatted(index);
      found.read(() -> sector(path));
    }
    return found.reading();
  }

  private Findings sector(String path) {
    FieldReader info = fields.inside(path);
    Optional<Long> number = info.wholeNumber("SectorNumber");
    Optional<String> ticket = info.randomness("Ticket");
    Optional<SealProof> proof =
        info.wholeNumber("SealProof")
            .flatMap(type -> info.checked("SealProof", () -> SealProof.ofNumber(type)));
    proof
        .filter(known -> known.size().bytes() != size)
        .ifPresent(
            known ->
                info.fault(
                    "SealProof",
                    "is that of sectors of %s, but SectorSize is %d bytes."
                        .formatted(known.size(), size)));
    Optional<String> commR = info.cid("SealedCID", Cid::ofSealed);
    Optional<SectorId> id =
        number.flatMap(known -> info.checked("SectorNumber", () -> new SectorId(miner, known)));
    refuseFaults(
        "%s, %s%s, was left out."
            .formatted(file, path, id.map(known -> " (sector %s)".formatted(known)).orElse("")),
        info);
    return new Findings(
        id.orElseThrow(),
        "sealer-recover " + file,
        Facts.builder()
            .put(Fact.PROOF_TYPE, proof)
            .put(Fact.TICKET, ticket)
            .put(Fact.COMM_R, commR)
            .build(),
        remarks);
  }

  private static void refuseFaults(String what, FieldReader fields) {
    if (!fields.faults().isEmpty()) {
      throw new SectorStateException(
          "%s %s".formatted(what, String.join(" ", fields.faults())), null);
    }
  }
}
