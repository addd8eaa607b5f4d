package io.reseal.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.contract.Payloads;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.plan.Step;
import io.reseal.reading.SmallFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The results of a sector's newest steps, kept in scratch until the next step begins: a result that
 * Temporal did not receive is reported by the step's next attempt without doing the work again.
 */
public final class FinishedSteps {

  private static final ObjectMapper JSON = Payloads.mapper();
  private static final String SUFFIX = ".finished";

  /** These run while the layers are made. */
  private static final Set<Step> BESIDE_PC1 =
      EnumSet.of(Step.DOWNLOAD_PIECES, Step.ADD_PIECES, Step.TREE_D);

  private record Finished(
      @JsonProperty("runId") String runId,
      @JsonProperty("request") StageRequest request,
      @JsonProperty("report") StageReport report) {}

  private final Path dir;
  private final String sector;
  private final Durable durable;

  /**
   * @param sector the name of the sector's files
   */
  FinishedSteps(Path dir, String sector, Durable durable) {
    this.dir = dir;
    this.sector = sector;
    this.durable = durable;
  }

  /** The result of that very step of that run, if it is kept. */
  public Optional<StageReport> find(String runId, StageRequest request) {
    Path file = file(request.step());
    if (!SectorFiles.exists(file)) {
      return Optional.empty();
    }
    try {
      Finished kept = JSON.readValue(SmallFile.readText(file), Finished.class);
      return kept.runId().equals(runId) && kept.request().isSameWork(request)
          ? Optional.of(kept.report())
          : Optional.empty();
    } catch (IOException e) {
      // Killed while writing it, or a disk that fails: the step runs again.
      return Optional.empty();
    }
  }

  /** A step begins: results of earlier ones were received, or they are not wanted any more. */
  public void begins(Step step) throws IOException {
    for (Path file : files()) {
      if (!BESIDE_PC1.contains(step) || !file.equals(file(Step.PC1))) {
        durable.delete(file);
      }
    }
  }

  public void keep(String runId, StageRequest request, StageReport report) throws IOException {
    durable.delete(file(request.step()));
    durable.write(
        file(request.step()), JSON.writeValueAsBytes(new Finished(runId, request, report)));
  }

  public void clear() throws IOException {
    for (Path file : files()) {
      durable.delete(file);
    }
  }

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(dir)) {
      return entries
          .filter(file -> file.getFileName().toString().startsWith(sector + "."))
          .filter(file -> file.toString().endsWith(SUFFIX))
          .toList();
    }
  }

  private Path file(Step step) {
    return dir.resolve(sector + "." + step.name() + SUFFIX);
  }
}
