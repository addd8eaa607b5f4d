package io.reseal.steps;

import io.reseal.catalog.Catalog;
import io.reseal.core.CoreException;
import io.reseal.core.NativeCore;
import io.reseal.core.StageDiedException;
import io.reseal.files.FileWork;
import io.reseal.files.HangingException;
import io.reseal.files.OsError;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.files.Store;
import io.reseal.intake.Learned;
import io.reseal.intake.Learned.LeftOut;
import io.reseal.intake.Learned.Reason;
import io.reseal.intake.RootsIntake;
import io.reseal.intake.RootsIntake.Read;
import io.reseal.reading.SmallFile;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.PAux;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps in the catalog what the {@code p_aux} of sectors in a host's stores say. Nothing in the
 * stores is changed.
 */
public final class StoredRoots {

  /**
   * Which sectors to read.
   *
   * @param miner whose; everyone's if empty
   * @param named only these, if not empty
   */
  public record Wanted(Optional<Long> miner, List<SectorId> named) {

    private boolean includes(SectorId sector) {
      return miner.filter(only -> only != sector.miner()).isEmpty();
    }
  }

  /** Files that were read, and files that could not be. */
  private record Batch(List<Read> read, List<LeftOut> leftOut) {}

  private static final Logger LOG = LoggerFactory.getLogger(StoredRoots.class);

  /** A disk that has to spin up takes about ten seconds. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

  private final Catalog catalog;
  private final NativeCore core;
  private final CopyCheck.Core program;
  private final String host;
  private final Duration limit;
  private final Set<SectorId> seen = new HashSet<>();

  /**
   * @param program runs the core's operations
   * @param host its name, which becomes part of what the catalog says of the roots' source
   */
  public StoredRoots(Catalog catalog, NativeCore core, CopyCheck.Core program, String host) {
    this(catalog, core, program, host, ANSWER_LIMIT);
  }

  StoredRoots(
      Catalog catalog, NativeCore core, CopyCheck.Core program, String host, Duration limit) {
    this.limit = limit;
    this.program = program;
    this.catalog = catalog;
    this.core = core;
    this.host = host;
  }

  /** Reads all wanted sectors of a store; a store that fails or hangs is left. */
  public Learned learn(Store store, Wanted wanted) throws CoreException {
    Optional<String> unusable = unusable(store);
    if (unusable.isPresent()) {
      return Learned.nothing(store.name(), store.root().toString(), unusable.get());
    }
    RootsIntake<CoreException> intake = new RootsIntake<>(catalog, core, store.name(), false);
    try {
      for (Replica replica : Replica.values()) {
        List<SectorId> sectors = within(store, () -> sectors(store, replica, wanted));
        seen.addAll(sectors);
        for (int from = 0; from < sectors.size(); from += RootsIntake.AT_A_TIME) {
          List<SectorId> some =
              sectors.subList(from, Math.min(sectors.size(), from + RootsIntake.AT_A_TIME));
          Batch batch = within(store, () -> read(store, replica, some));
          batch.leftOut().forEach(intake::leaveOut);
          intake.takeRead(batch.read(), System.currentTimeMillis());
        }
      }
    } catch (HangingException e) {
      intake.leaveOut(ofStore(store, e.getMessage() + " The rest of the store was not read."));
    } catch (IOException e) {
      intake.leaveOut(ofStore(store, OsError.sentence(e)));
    }
    return intake.result();
  }

  private static LeftOut ofStore(Store store, String why) {
    return new LeftOut(null, Reason.UNREADABLE, store.root().toString(), why);
  }

  private static Optional<String> unusable(Store store) {
    return store.answers()
        ? store.wrongIdentity().map(why -> "It was not read: %s.".formatted(why))
        : Optional.of("It does not answer and was not read: check its disk or network mount.");
  }

  private <T> T within(Store store, FileWork.Work<T> work) throws IOException {
    return FileWork.within(limit, store.root(), work);
  }

  private static List<SectorId> sectors(Store store, Replica replica, Wanted wanted)
      throws IOException {
    return wanted.named().isEmpty()
        ? store.sectors(replica.cacheType()).stream().filter(wanted::includes).toList()
        : wanted.named().stream()
            .filter(
                sector -> {
                  FileWork.proceed();
                  return store.holds(sector, replica.cacheType());
                })
            .toList();
  }

  private Batch read(Store store, Replica replica, List<SectorId> sectors) throws IOException {
    Batch batch = new Batch(new ArrayList<>(), new ArrayList<>());
    for (SectorId sector : sectors) {
      FileWork.proceed();
      Path file = store.files(sector).pAux(replica);
      try {
        batch
            .read()
            .add(
                new Read(
                    sector,
                    replica == Replica.UPDATE,
                    PAux.of(SmallFile.read(file)),
                    file.toString(),
                    CheckedRoots.source(file, host)));
      } catch (IllegalArgumentException e) {
        batch
            .leftOut()
            .add(
                new LeftOut(
                    sector,
                    Reason.DAMAGED,
                    file.toString(),
                    e.getMessage() + " " + RootsIntake.whatToDo(sector)));
      } catch (IOException e) {
        Optional<Read> others = ofOtherFiles(sector, replica, store.files(sector));
        others.ifPresentOrElse(
            batch.read()::add,
            () ->
                batch
                    .leftOut()
                    .add(
                        new LeftOut(
                            sector, Reason.UNREADABLE, file.toString(), OsError.sentence(e))));
      }
    }
    return batch;
  }

  /**
   * What proofs or tree C, together with the files of tree R, say in place of a lost p_aux. Of
   * several roots of tree C the right one, if one is.
   */
  private Optional<Read> ofOtherFiles(SectorId sector, Replica replica, SectorFiles files)
      throws IOException {
    Optional<SectorRecord> record = catalog.sectors().find(sector);
    if (record.isEmpty()) {
      return Optional.empty();
    }
    try {
      SealProof proof = record.get().proof();
      Map<Commitment, Path> named = NamedCommC.in(files, proof, program);
      if (named.isEmpty()) {
        return Optional.empty();
      }
      Commitment root =
          new Commitment(
              program
                  .run(CoreRequests.treeRRoot(proof, files.cacheDir(replica)))
                  .path("comm_r_last")
                  .asText());
      String commR = replica == Replica.UPDATE ? updated(record.get()) : record.get().commR();
      List<PAux> possible = named.keySet().stream().map(commC -> new PAux(commC, root)).toList();
      PAux pAux = right(possible, commR).orElse(possible.get(0));
      Path file = named.get(pAux.commC());
      return Optional.of(
          new Read(
              sector,
              replica == Replica.UPDATE,
              pAux,
              file.toString(),
              CheckedRoots.source(file, host)));
    } catch (CoreException | StageDiedException e) {
      LOG.debug("The roots of sector {} do not follow from what is beside its p_aux", sector, e);
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("The reading of the store was interrupted.");
    }
  }

  private static String updated(SectorRecord record) {
    return record.snap() == null ? null : record.snap().commR();
  }

  private Optional<PAux> right(List<PAux> possible, String commR) throws CoreException {
    for (PAux pAux : possible) {
      if (core.commR(pAux).map(Cid::sealed).filter(given -> given.equals(commR)).isPresent()) {
        return Optional.of(pAux);
      }
    }
    return Optional.empty();
  }

  /** Those of the named sectors of which no store had anything. */
  public List<SectorId> unseen(Wanted wanted) {
    return wanted.named().stream().filter(sector -> !seen.contains(sector)).toList();
  }
}
