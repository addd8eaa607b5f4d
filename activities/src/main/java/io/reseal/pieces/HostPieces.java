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

/** The pieces that a sealing host finds by its sources, and brings into its cache. */
public final class HostPieces implements Pieces, AutoCloseable {

  private final PieceSources sources;
  private final Optional<Downloads> downloads;

  public HostPieces(PieceSettings settings, PieceSources sources, PieceVerifier verifier) {
    this.sources = sources;
    this.downloads =
        sources.cache().map(cache -> new Downloads(settings, sources.remote(), cache, verifier));
  }

  @Override
  public Look look(SectorId sector, List<Piece> pieces) throws IOException, InterruptedException {
    List<Piece> wanted = pieces.stream().filter(piece -> !piece.isZero()).distinct().toList();
    if (sources.cache().isPresent() && !wanted.isEmpty()) {
      // Before anything is found in the cache, so that it is not removed in between.
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
        toDownload.putIfAbsent(Names.of(piece), piece);
      } else {
        missing.put(piece, answers);
      }
    }
    MissingPieces.refuse(missing);
    return new Look(atHand, new ArrayList<>(toDownload.values()));
  }

  @Override
  public void download(SectorId sector, List<Piece> pieces, CopyProgress progress)
      throws IOException, InterruptedException {
    List<Piece> wanted = look(sector, pieces).toDownload();
    if (downloads.isPresent() && !wanted.isEmpty()) {
      MissingPieces.refuse(downloads.get().fetch(wanted, progress));
    }
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
