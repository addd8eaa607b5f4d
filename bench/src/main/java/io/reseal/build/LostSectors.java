package io.reseal.build;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.exchange.DamoclesWriter;
import io.reseal.files.SectorFiles;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.standin.DirectProgram;
import io.reseal.standin.SectorMaker;
import io.reseal.standin.Stages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Seals sectors by the proofs library's own calls, for the rehearsal of a fleet: their pieces,
 * their records and the files that a rebuild must give again.
 */
public final class LostSectors {

  private static final long MINER = 1001;

  private final SectorMaker maker;
  private final DirectProgram direct;
  private final Path originals;

  private LostSectors(Path directory) throws IOException {
    this.maker =
        new SectorMaker(
            new Stages(System.getenv()), Files.createDirectories(directory.resolve("pieces")));
    this.direct = DirectProgram.find(System.getenv());
    this.originals = Files.createDirectories(directory.resolve("originals"));
  }

  /**
   * Makes them.
   *
   * @param arguments a directory, the number of sectors, and the types of their seal proofs, which
   *     take turns
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]).toAbsolutePath();
    LostSectors lost = new LostSectors(directory);
    Path records = Files.createDirectories(directory.resolve("records"));
    List<SealProof> proofs = Stream.of(arguments).skip(2).map(SealProof::valueOf).toList();
    for (int number = 1; number <= Integer.parseInt(arguments[1]); number++) {
      SectorId sector = new SectorId(MINER, number);
      SectorRecord record = lost.seal(sector, proofs.get(number % proofs.size()));
      Files.writeString(
          records.resolve(sector.fileName() + ".json"), DamoclesWriter.write(record) + "\n");
    }
  }

  private SectorRecord seal(SectorId sector, SealProof proof) throws IOException {
    Piece piece = maker.piece(proof.size().bytes(), 0);
    return maker.seal(
        sector,
        proof,
        List.of(piece),
        request -> {
          String commR = direct.seal(request).commR();
          keep(sector, request);
          return commR;
        });
  }

  private void keep(SectorId sector, ObjectNode request) throws IOException {
    SectorFiles kept = new SectorFiles(originals, sector);
    Files.createDirectories(kept.sealed().getParent());
    Files.move(Path.of(request.get("sealed").asText()), kept.sealed());
    Path cache = Path.of(request.get("cache").asText());
    Files.createDirectories(kept.cacheDir());
    for (String name : List.of("p_aux", "sc-02-data-tree-r-last.dat")) {
      Files.move(cache.resolve(name), kept.cacheDir().resolve(name));
    }
  }
}
