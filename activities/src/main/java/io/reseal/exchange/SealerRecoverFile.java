package io.reseal.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
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
  private static final int SHOWN_FAULTS = 5;

  private SealerRecoverFile() {}

  /** Reads all sectors of the file. */
  public static List<Findings> findings(Path file) {
    ObjectNode root = JsonObjects.read(InputFile.bytes(file), file.toString());
    FieldReader fields = new FieldReader(root);
    if (!fields.has("Miner")) {
      fields.fault("Miner", "is missing.");
    }
    Optional<Long> miner =
        fields
            .text("Miner")
            .flatMap(text -> fields.checked("Miner", () -> SectorId.parseMiner(text)));
    Optional<Long> size = fields.wholeNumber("SectorSize");
    if (!fields.has("SectorInfos")) {
      fields.fault("SectorInfos", "is missing.");
    }
    int sectors = fields.length("SectorInfos");
    List<String> remarks = new ArrayList<>();
    List<String> unknown = fields.unknown(KNOWN);
    if (!unknown.isEmpty()) {
      remarks.add("Unknown fields were ignored: %s.".formatted(unknown));
    }
    FoundSectors found = new FoundSectors(file.toString());
    for (int index = 0; index < sectors && fields.faults().size() < SHOWN_FAULTS; index++) {
      sector(fields, "SectorInfos[%d]".formatted(index), miner, size, file, remarks)
          .ifPresent(found::add);
    }
    if (!fields.faults().isEmpty()) {
      throw new SectorStateException(
          "%s is not a file of sealer-recover that can be imported; nothing was imported. %s"
              .formatted(file, String.join(" ", fields.faults())),
          null);
    }
    return found.all();
  }

  private static Optional<Findings> sector(
      FieldReader fields,
      String path,
      Optional<Long> miner,
      Optional<Long> size,
      Path file,
      List<String> remarks) {
    int faults = fields.faults().size();
    Optional<Long> number = fields.wholeNumber(path + ".SectorNumber");
    Optional<String> ticket = fields.randomness(path + ".Ticket");
    String proofPath = path + ".SealProof";
    Optional<SealProof> proof =
        fields
            .wholeNumber(proofPath)
            .flatMap(type -> fields.checked(proofPath, () -> SealProof.ofNumber(type)));
    if (proof.isPresent() && size.isPresent() && proof.get().size().bytes() != size.get()) {
      fields.fault(
          proofPath,
          "is that of sectors of %s, but SectorSize is %d bytes."
              .formatted(proof.get().size(), size.get()));
    }
    Optional<String> commR = fields.cid(path + ".SealedCID", Cid::ofSealed);
    Optional<SectorId> id =
        miner.isPresent() && number.isPresent()
            ? fields.checked(path, () -> new SectorId(miner.get(), number.get()))
            : Optional.empty();
    if (fields.faults().size() > faults || id.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Findings(
            id.get(),
            "sealer-recover " + file,
            Facts.builder()
                .put(Fact.PROOF_TYPE, proof)
                .put(Fact.TICKET, ticket)
                .put(Fact.COMM_R, commR)
                .build(),
            remarks));
  }
}
