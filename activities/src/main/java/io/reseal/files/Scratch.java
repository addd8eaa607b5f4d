package io.reseal.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.contract.SectorFacts;
import io.reseal.sector.Commitment;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A sealing thread's location: whose scratch files are in it, and how much room it has.
 *
 * <p>A sector's files belong to one replica, named by an owner file beside them. Sealing accepts
 * any layer of the right size as its own, so it must never find files without an owner or of
 * another replica.
 */
public final class Scratch {

  /** Directory of owner and lock files under a location. */
  static final String OWNERS = "reseal";

  /**
   * A claimed sector, as recorded in its owner file.
   *
   * @param sector which sector
   * @param replicaId which replica its scratch files are of
   * @param proof with which seal proof
   */
  public record Claim(
      @JsonProperty("sector") SectorId sector,
      @JsonProperty("replicaId") Commitment replicaId,
      @JsonProperty("proof") SealProof proof) {

    /** The claim of a sector's rebuild. */
    public static Claim of(SectorFacts facts) {
      return new Claim(facts.sector(), facts.replicaId(), facts.proof());
    }
  }

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

  /**
   * Room on a disk.
   *
   * @param bytes how many bytes
   * @param files how many files and directories
   */
  public record Need(long bytes, long files) {

    public static final Need NONE = new Need(0, 0);

    public Need plus(Need other) {
      return new Need(bytes + other.bytes, files + other.files);
    }
  }

  private final Path location;
  private final Path ownersDirectory;
  private final ScratchOwners owners;
  private final Durable durable;
  private final FreeSpace space;
  private final Answering answering;

  /** The brief work that has not ended, and whether it was left because it hangs. */
  private final Map<Object, Boolean> brief = new ConcurrentHashMap<>();

  public Scratch(Path location) {
    this(location, new Durable(), FreeSpace.ofDisk());
  }

  Scratch(Path location, Durable durable, FreeSpace space) {
    this.location = location;
    this.ownersDirectory = location.resolve(OWNERS);
    this.owners = new ScratchOwners(ownersDirectory, durable);
    this.durable = durable;
    this.space = space;
    this.answering = new Answering(location, ANSWER_LIMIT);
  }

  public Path location() {
    return location;
  }

  /** The sector's paths here, claimed or not. */
  public SectorFiles files(SectorId sector) {
    return new SectorFiles(location, sector);
  }

  /** The file that a stage process locks while it works on the sector. */
  public Path lockFile(SectorId sector) {
    return ownersDirectory.resolve(sector.fileName() + ".lock");
  }

  /**
   * The file that a stage process locks instead while it makes the layers: that may run alongside
   * the steps that assemble the data.
   */
  public Path layersLockFile(SectorId sector) {
    return ownersDirectory.resolve(sector.fileName() + ".pc1.lock");
  }

  /** The layers of other inputs that the sector may have been sealed with. */
  public CandidateLayers candidates(SectorId sector) {
    return new CandidateLayers(ownersDirectory, sector, durable);
  }

  /**
   * Claims this location for the sector. Files of the same replica stay, so that work continues
   * where it was; Reseal's own files of another replica are removed; any others cause a {@link
   * ForeignFilesException}. An owner file that is damaged or gone is written again if the files'
   * origin is known.
   */
  public synchronized SectorFiles claim(SectorFacts facts) throws IOException {
    SectorId sector = facts.sector();
    requireLocation();
    Claim wanted = Claim.of(facts);
    Optional<Claim> present = owner(sector);
    if (present.isPresent() && !present.get().equals(wanted)) {
      removeReplica(sector);
      present = Optional.empty();
    }
    SectorFiles files = files(sector);
    if (present.isEmpty()) {
      refuseForeign(files);
      durable.makeDirectory(ownersDirectory);
    }
    owners.write(wanted);
    durable.makeDirectory(files.unsealed().getParent());
    durable.makeDirectory(files.cacheDir().getParent());
    candidates(sector).adopt(facts, files);
    for (Replica replica : SectorKind.of(facts).replicas()) {
      durable.makeDirectory(files.data(replica).getParent());
      durable.makeDirectory(files.cacheDir(replica));
    }
    return files;
  }

  /** The owner of the sector's scratch files here, if there are any of Reseal's. */
  public Optional<Claim> owner(SectorId sector) throws IOException {
    return owners.of(sector);
  }

  /**
   * What the claimed files say of themselves; empty if an older version made them, or if that
   * cannot be read.
   */
  public Optional<ScratchOrigin> origin(Claim claim) throws IOException {
    return owners.origin(claim);
  }

  /** Writes down what a claimed sector's files are, beside their owner file. */
  public synchronized void describe(ScratchOrigin origin) throws IOException {
    owners.describe(origin);
  }

  /**
   * All sectors that have scratch files here, in order; those of an {@link #unreadableOwners()
   * unreadable owner} are left out.
   */
  public List<Claim> claims() throws IOException {
    return owners.claims();
  }

  /** The owner files that do not name an owner: the files beside them are left alone. */
  public List<Path> unreadableOwners() throws IOException {
    return owners.unreadable();
  }

  /** The results of the sector's newest steps. */
  public FinishedSteps finished(SectorId sector) {
    return new FinishedSteps(ownersDirectory, sector.fileName(), durable);
  }

  /** Removes the sector's scratch files if they are Reseal's; otherwise does nothing. */
  public void remove(SectorId sector) throws IOException {
    candidates(sector).remove();
    removeReplica(sector);
  }

  private void removeReplica(SectorId sector) throws IOException {
    if (!owners.has(sector)) {
      return;
    }
    SectorFiles files = files(sector);
    for (Path place : files.places()) {
      durable.deleteTree(place);
    }
    finished(sector).clear();
    durable.delete(lockFile(sector));
    durable.delete(layersLockFile(sector));
    owners.remove(sector);
  }

  /** Bytes at the peak of a full rebuild. */
  public static long requiredBytes(SectorKind kind) {
    return SectorGeometry.scratchBytes(kind);
  }

  public long freeBytes() throws IOException {
    requireLocation();
    return space.bytes(location);
  }

  /**
   * What a full rebuild of a claimed or unclaimed sector will still need here beyond what it has.
   */
  public Need needOf(SectorId sector, SectorKind kind) throws IOException {
    long taken = takenBytes(sector);
    return new Need(
        Math.max(0, requiredBytes(kind) - taken)
            + candidates(sector).missingBytes(SectorGeometry.of(kind.proof().size())),
        taken == 0 ? SectorGeometry.scratchFiles(kind) : 0);
  }

  /**
   * Why a full rebuild does not fit, in half a sentence, or empty. What the sector's own files take
   * here counts as room.
   *
   * @param promised what other sectors on the same disk will still need
   */
  public Optional<String> lackOfRoom(SectorId sector, SectorKind kind, Need promised)
      throws IOException {
    Need need = needOf(sector, kind);
    String others =
        promised.bytes() == 0
            ? ""
            : "; sectors on other threads of that disk will take %d".formatted(promised.bytes());
    if (freeBytes() + takenBytes(sector) - promised.bytes() < requiredBytes(kind)) {
      return Optional.of(
          "its scratch %s has %d bytes free, of about %d needed%s"
              .formatted(location, freeBytes(), requiredBytes(kind), others));
    }
    long files = space.files(location);
    return files - promised.files() < need.files()
        ? Optional.of(
            "its scratch %s has inodes for %d more files, of about %d needed%s"
                .formatted(location, files, need.files(), others))
        : Optional.empty();
  }

  /** Whether both locations are on one disk, so that what one takes the other lacks. */
  public boolean sharesDiskWith(Scratch other) throws IOException {
    requireLocation();
    FileStore others = other.briefly(() -> Files.getFileStore(other.location));
    return briefly(() -> Files.getFileStore(location)).equals(others);
  }

  /**
   * Makes room for a full rebuild by removing files of other sectors that could be made again, in
   * the order given and no more than needed. Removes nothing if even all of them would not be
   * enough.
   *
   * @param expendable whose files may go: parked rebuilds, which then start again from the
   *     beginning
   * @param promised what other sectors on the same disk will still need
   * @return whose files were removed
   */
  public List<SectorId> makeRoom(
      SectorId sector, SectorKind kind, List<SectorId> expendable, Need promised)
      throws IOException {
    long reachable = freeBytes() + takenBytes(sector) - promised.bytes();
    for (SectorId other : expendable) {
      reachable += takenBytes(other);
    }
    List<SectorId> removed = new ArrayList<>();
    if (reachable >= requiredBytes(kind)) {
      for (SectorId other : expendable) {
        if (lackOfRoom(sector, kind, promised).isPresent()) {
          remove(other);
          removed.add(other);
        }
      }
    }
    return removed;
  }

  /** Files and directories at sectors' places here that are not Reseal's, in order. */
  public List<Path> foreign() throws IOException {
    List<Path> foreign = new ArrayList<>();
    List<String> own = owners.names();
    for (FileType type : FileType.values()) {
      Path top = location.resolve(type.folder());
      if (Files.isDirectory(top)) {
        try (Stream<Path> entries = Files.list(top)) {
          entries
              .filter(path -> !own.contains(path.getFileName().toString()))
              .sorted()
              .forEach(foreign::add);
        }
      }
    }
    return foreign;
  }

  /** Bytes that the sectors claimed here take. */
  public long claimedBytes() throws IOException {
    long taken = 0;
    for (Claim claim : claims()) {
      taken += takenBytes(claim.sector());
    }
    return taken;
  }

  /** Bytes that the sector's claimed files take here. */
  public long takenBytes(SectorId sector) throws IOException {
    if (owner(sector).isEmpty()) {
      return 0;
    }
    SectorFiles files = files(sector);
    long taken = 0;
    for (Path place : files.places()) {
      taken += Tree.bytes(place);
    }
    return taken;
  }

  /** Fails if the location is not there, which may be because its disk is away. */
  public void requireLocation() throws IOException {
    if (!answering.answers()) {
      throw new LocationAwayException(
          "The sealing thread's location %s does not answer: check its disk.".formatted(location));
    }
    if (!Files.isDirectory(location)) {
      throw new LocationAwayException(
          "The sealing thread's location %s is not a directory; create it or mount its disk."
              .formatted(location));
    }
  }

  /**
   * Does short work in the location while others wait for it; fails if its disk is away or does not
   * answer, and then at once until the work that hangs has ended.
   */
  public <T> T briefly(FileWork.Work<T> work) throws IOException {
    requireLocation();
    if (brief.containsValue(true)) {
      throw new HangingException(
          "%s has not answered for a while: check its disk.".formatted(location));
    }
    Object mine = new Object();
    brief.put(mine, false);
    try {
      return FileWork.within(ANSWER_LIMIT, location, () -> run(work, mine));
    } catch (HangingException e) {
      brief.computeIfPresent(mine, (key, left) -> true);
      throw e;
    }
  }

  private <T> T run(FileWork.Work<T> work, Object key) throws IOException {
    try {
      return work.run();
    } finally {
      brief.remove(key);
    }
  }

  private void refuseForeign(SectorFiles files) throws ForeignFilesException {
    List<Path> foreign = files.places().stream().filter(SectorFiles::exists).toList();
    if (!foreign.isEmpty()) {
      throw new ForeignFilesException(
          ("%s in the sealing thread's location are not Reseal's; nothing was touched; point the"
                  + " sealing thread at an empty directory.")
              .formatted(foreign.toString()));
    }
  }
}
