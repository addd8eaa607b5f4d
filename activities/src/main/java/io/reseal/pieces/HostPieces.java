package io.reseal.pieces;

import io.reseal.config.PieceSettings;
import io.reseal.files.CopyProgress;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds pieces in a sealing host's sources and downloads them into its cache. */
public final class HostPieces implements Pieces, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HostPieces.class);

  private final PieceSources sources;
  private final Optional<Downloads> downloads;

  public HostPieces(PieceSettings settings, PieceSources sources, PieceVerifier verifier) {
    this(settings, sources, verifier, duration -> TimeUnit.NANOSECONDS.sleep(duration.toNanos()));
  }

  /**
   * @param pause waits as long as sources or the rate limit require
   */
  HostPieces(PieceSettings settings, PieceSources sources, PieceVerifier verifier, Pause pause) {
    this.sources = sources;
    this.downloads =
        sources
            .cache()
            .map(cache -> new Downloads(settings, sources.remote(), cache, verifier, pause));
  }

  @Override
  public Look look(SectorId sector, List<Piece> pieces) throws IOException, InterruptedException {
    List<Piece> wanted = pieces.stream().filter(piece -> !piece.isZero()).distinct().toList();
    if (sources.cache().isPresent() && !wanted.isEmpty()) {
      // Before searching the cache, so that nothing found there is removed in between.
      sources.cache().get().need(sector, wanted);
    }
    Map<Piece, PieceFile> atHand = new LinkedHashMap<>();
    Map<String, Piece> toDownload = new LinkedHashMap<>();
    Map<Piece, List<Answer>> missing = new LinkedHashMap<>();
    for (Piece piece : wanted) {
      List<Answer> answers = sources.search(sector, piece);
      Optional<PieceFile> file =
          answers.stream().flatMap(answer -> answer.file().stream()).findFirst();
      if (file.isPresent()) {
        atHand.put(piece, file.get());
      } else if (answers.stream().anyMatch(Answer::isOffered)) {
        toDownload.putIfAbsent(PieceNames.of(piece), piece);
      } else {
        missing.put(piece, answers);
      }
    }
    MissingPieces.refuse(missing);
    return new Look(atHand, new ArrayList<>(toDownload.values()));
  }

  /** Whether some place has a piece, asked once; nothing is downloaded or kept for it. */
  public boolean has(SectorId sector, Piece piece) throws InterruptedException {
    return sources.has(sector, piece);
  }

  @Override
  public void download(SectorId sector, List<Piece> pieces, CopyProgress progress)
      throws IOException, InterruptedException {
    List<Piece> wanted = look(sector, pieces).toDownload();
    if (downloads.isEmpty() || wanted.isEmpty()) {
      return;
    }
    Map<Piece, List<Answer>> missing = new LinkedHashMap<>();
    for (Map.Entry<Piece, List<Answer>> failed :
        downloads.get().fetch(wanted, progress).entrySet()) {
      List<Answer> answers = sources.searchHost(sector, failed.getKey());
      answers.addAll(failed.getValue());
      missing.put(failed.getKey(), answers);
    }
    MissingPieces.refuse(missing);
  }

  @Override
  public Optional<String> examine(Piece piece, PieceFile file, Reading reading)
      throws IOException, InterruptedException {
    Optional<PieceCache> cache = sources.cache().filter(own -> own.isOf(file, piece));
    Optional<String> fault =
        cache.isPresent()
            ? cache.get().examine(piece, () -> reading.fault(file, piece))
            : examineForeign(piece, file, reading);
    fault.ifPresent(
        text -> LOG.warn("Not {}: {} {}; it is skipped", PieceNames.of(piece), file, text));
    return fault;
  }

  private Optional<String> examineForeign(Piece piece, PieceFile file, Reading reading)
      throws IOException, InterruptedException {
    // Before reading: a file that changes meanwhile is checked again.
    FileVersion version = FileVersion.of(file.path());
    Optional<String> fault = reading.fault(file, piece);
    fault.ifPresent(text -> sources.wrong().add(file, piece, version, text));
    return fault;
  }

  @Override
  public void release(SectorId sector) throws IOException {
    if (sources.cache().isPresent()) {
      sources.cache().get().release(sector);
    }
  }

  @Override
  public void close() {
    downloads.ifPresent(Downloads::close);
  }
}
