package io.reseal.bench;

import io.reseal.config.WorkerConfig;
import io.reseal.contract.StateChange;
import io.reseal.core.CoreFiles;
import io.reseal.core.StageProgram;
import io.reseal.files.Stores;
import io.reseal.pieces.CoreVerifier;
import io.reseal.pieces.HostPieces;
import io.reseal.pieces.PieceSources;
import io.reseal.plan.Step;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.standin.SlowPieceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Compares PC1 during the download of the sector's piece, which takes about as long as PC1, with
 * the longer of the two alone. Each rebuild is aborted after PC1.
 */
final class DownloadBesidePc1 {

  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  private final Subject subject;
  private final SlowPieceStore store;
  private final Path far;
  private final Map<String, String> environment;

  /**
   * @param store sends the pieces in {@code far}
   */
  DownloadBesidePc1(
      Subject subject, SlowPieceStore store, Path far, Map<String, String> environment) {
    this.subject = subject;
    this.store = store;
    this.far = far;
    this.environment = environment;
  }

  List<Row> rows(SealProof proof, int runs, String target) throws IOException {
    Piece piece = subject.piece(proof);
    // Creates and verifies the parent cache, which happens only once.
    pc1Alone(proof, piece);
    List<Long> together = new ArrayList<>();
    List<Long> longer = new ArrayList<>();
    for (int run = 1; run <= runs; run++) {
      long pc1 = pc1Alone(proof, piece);
      moveTo(far, piece);
      long rawBytes = Files.size(far.resolve(piece.cid()));
      store.at((sent, rest, nanos) -> sleep((long) (sent * (double) pc1 / rawBytes * 1e6) - nanos));
      long download = downloadAlone(piece);
      long both = together(proof, piece);
      moveTo(subject.pieces(), piece);
      subject.say(
          "%s, run %d: PC1 %d ms, download %d ms, together %d ms"
              .formatted(proof.size(), run, pc1, download, both));
      together.add(both);
      longer.add(Math.max(pc1, download));
    }
    return List.of(
        Row.compared(
            "PC1 of %s beside its download".formatted(proof.size()),
            Figures.of(together),
            Figures.of(longer),
            target));
  }

  private long pc1Alone(SealProof proof, Piece piece) {
    return millis(upTo(proof, piece, Step.PC1), Step.PC1);
  }

  /** From the start of the first to the end of the last. */
  private long together(SealProof proof, Piece piece) throws IOException {
    List<StateChange> changes = upTo(proof, piece, Step.PC1);
    dropFromCache(piece);
    StateChange pc1 = of(changes, Step.PC1).orElseThrow();
    StateChange download =
        of(changes, Step.DOWNLOAD_PIECES)
            .orElseThrow(() -> new BenchException("The piece was not downloaded."));
    return Math.max(pc1.endedAt(), download.endedAt())
        - Math.min(pc1.startedAt(), download.startedAt());
  }

  /** Downloads with the same code as the step of a rebuild, in this process. */
  private long downloadAlone(Piece piece) throws IOException {
    SectorId nobody = new SectorId(Subject.MINER, 0);
    WorkerConfig config = WorkerConfig.load(subject.home().resolve("worker.toml"));
    StageProgram program =
        new StageProgram(CoreFiles.anywhere(environment).stageProgram(), Map.of());
    try (HostPieces pieces =
        new HostPieces(
            config.pieces(),
            PieceSources.of(config, new Stores(List.of()), cid -> Map.of(), environment),
            new CoreVerifier(program))) {
      long began = System.nanoTime();
      pieces.download(nobody, List.of(piece), (done, total) -> {});
      long nanos = System.nanoTime() - began;
      pieces.release(nobody);
      return TimeUnit.NANOSECONDS.toMillis(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("The measurement was interrupted.");
    } finally {
      dropFromCache(piece);
    }
  }

  private void dropFromCache(Piece piece) throws IOException {
    Files.deleteIfExists(subject.home().resolve("piece-cache/pieces").resolve(piece.cid()));
  }

  /** Runs a new sector's rebuild up to a step, aborts it, and returns its state changes. */
  private List<StateChange> upTo(SealProof proof, Piece piece, Step last) {
    SectorId sector = subject.unsealed(proof, piece);
    String miner = Long.toString(sector.miner());
    String number = Long.toString(sector.number());
    subject.run("rebuild", miner, number);
    subject.await(
        "%s of %s has ended".formatted(last.title(), sector),
        LOOK_EVERY,
        () -> of(subject.changes(sector), last).isPresent());
    subject.run("sectors", "abort", miner, number);
    subject.end(sector);
    return subject.changes(sector);
  }

  private static long millis(List<StateChange> changes, Step step) {
    StateChange change = of(changes, step).orElseThrow();
    return change.endedAt() - change.startedAt();
  }

  private static Optional<StateChange> of(List<StateChange> changes, Step step) {
    return changes.stream()
        .filter(change -> change.isDone(step) && change.endedAt() != null)
        .findFirst();
  }

  private void moveTo(Path directory, Piece piece) throws IOException {
    Files.createDirectories(directory);
    Path from = directory.equals(far) ? subject.pieces() : far;
    Files.move(from.resolve(piece.cid()), directory.resolve(piece.cid()));
  }

  private static void sleep(long nanos) throws InterruptedException {
    if (nanos > 0) {
      TimeUnit.NANOSECONDS.sleep(nanos);
    }
  }
}
