package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.contract.CheckLevel;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.inspection.RootsHash;
import io.reseal.reading.SmallFile;
import io.reseal.sector.Commitment;
import io.reseal.sector.PAux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Everything that is wrong with copies of a sector's replicas in the stores. Only reads. A missing
 * {@code t_aux} is left to {@link CopySearch}, because no proof reads it.
 */
public final class CopyFindings {

  private final CopyCheck.Core core;
  private final RootsHash<CoreException> hash;
  private final SectorFacts facts;
  private final List<PAux> known;
  private final CheckLevel level;

  /**
   * @param known what is known of the roots of the sector's trees: they may show which file is
   *     wrong if a copy has lost its own
   */
  public CopyFindings(
      CopyCheck.Core core,
      RootsHash<CoreException> hash,
      SectorFacts facts,
      List<PAux> known,
      CheckLevel level) {
    this.core = core;
    this.hash = hash;
    this.facts = facts;
    this.known = List.copyOf(known);
    this.level = level;
  }

  /** What is wrong with a copy, one sentence each; empty if it proves. */
  public List<String> of(Replica replica, SectorFiles files)
      throws IOException, InterruptedException {
    List<String> findings =
        switch (level) {
          case SIZES -> CopyCheck.missing(facts, replica, files);
          case SAMPLE -> ofSample(replica, files);
          case FULL -> ofAll(replica, files);
        };
    return level == CheckLevel.SIZES || !findings.isEmpty()
        ? findings
        : CopyCheck.unproven(core, facts, replica, files).stream().toList();
  }

  private List<String> ofSample(Replica replica, SectorFiles files) {
    List<String> findings = new ArrayList<>(CopyCheck.missing(facts, replica, files));
    Path pAux = files.pAux(replica);
    if (findings.stream().noneMatch(finding -> finding.startsWith(pAux + " "))) {
      ofPAux(replica, pAux).ifPresent(findings::add);
    }
    return findings;
  }

  private Optional<String> ofPAux(Replica replica, Path file) {
    Commitment expected = ReplicaFacts.of(facts, replica).commR();
    try {
      Optional<Commitment> given = hash.commR(PAux.of(SmallFile.read(file)));
      return given.filter(expected::equals).isPresent()
          ? Optional.empty()
          : Optional.of(
              "%s gives CommR %s, not the expected %s"
                  .formatted(file, given.map(Commitment::hex).orElse("none"), expected.hex()));
    } catch (IOException | CoreException e) {
      return Optional.of("%s cannot be read: %s".formatted(file, e.getMessage()));
    }
  }

  private List<String> ofAll(Replica replica, SectorFiles files)
      throws IOException, InterruptedException {
    List<PAux> roots = new ArrayList<>(known);
    other(replica, files).ifPresent(roots::add);
    try {
      JsonNode result = core.run(CoreRequests.checkReplica(facts, replica, files, roots));
      return messages(result);
    } catch (CoreException | StageDiedException e) {
      return Stream.concat(
              CopyCheck.missing(facts, replica, files).stream(), Stream.of(e.getMessage()))
          .toList();
    }
  }

  /** The findings of {@code check_replica}, one sentence each. */
  static List<String> messages(JsonNode result) {
    List<String> messages = new ArrayList<>();
    result.path("findings").forEach(finding -> messages.add(finding.path("message").asText()));
    return messages;
  }

  /** The roots of a snapped sector's other replica in the same store, right or wrong. */
  private Optional<PAux> other(Replica replica, SectorFiles files) {
    Replica other = replica == Replica.UPDATE ? Replica.SEALED : Replica.UPDATE;
    if (facts.snap() == null) {
      return Optional.empty();
    }
    Path base = files.base(replica.cacheType());
    Path file = new SectorFiles(base, facts.sector()).pAux(other);
    try {
      return Files.isRegularFile(file)
          ? Optional.of(PAux.of(SmallFile.read(file)))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      // Its own check reports it.
      return Optional.empty();
    }
  }
}
