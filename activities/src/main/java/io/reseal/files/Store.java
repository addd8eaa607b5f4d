package io.reseal.files;

import io.reseal.reading.SmallFile;
import io.reseal.reading.UnfitFileException;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.sector.SectorSize;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** A store for finished sectors, in the layout that the miner's own software proves them from. */
public final class Store {

  private static final Pattern NETWORK =
      Pattern.compile("nfs.*|cifs|smb.*|ceph|lustre|gpfs|beegfs|afs|9p|ocfs2|gfs2|fuse\\..+");

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

  private final String name;
  private final Path root;
  private final boolean readonly;
  private final StoreIdentities identities;
  private final EndedRuns runs;
  private final Durable durable;
  private final FreeSpace space;
  private final Clock clock;
  private final Answering answering;

  public Store(String name, Path root, boolean readonly) {
    this(name, root, readonly, StoreIdentities.none(), EndedRuns.UNKNOWN);
  }

  Store(String name, Path root, boolean readonly, StoreIdentities identities, EndedRuns runs) {
    this(
        name,
        root,
        readonly,
        identities,
        runs,
        new Durable(),
        FreeSpace.ofDisk(),
        Clock.systemUTC());
  }

  Store(String name, Path root, boolean readonly, Durable durable, FreeSpace space, Clock clock) {
    this(name, root, readonly, StoreIdentities.none(), EndedRuns.UNKNOWN, durable, space, clock);
  }

  Store(
      String name,
      Path root,
      boolean readonly,
      StoreIdentities identities,
      EndedRuns runs,
      Durable durable,
      FreeSpace space,
      Clock clock) {
    this(
        name,
        root,
        readonly,
        identities,
        runs,
        durable,
        space,
        clock,
        new Answering(root, () -> StorePolicy.read(root), ANSWER_LIMIT));
  }

  Store(
      String name,
      Path root,
      boolean readonly,
      StoreIdentities identities,
      EndedRuns runs,
      Durable durable,
      FreeSpace space,
      Clock clock,
      Answering answering) {
    this.identities = identities;
    this.runs = runs;
    this.name = name;
    this.root = root;
    this.readonly = readonly;
    this.durable = durable;
    this.space = space;
    this.clock = clock;
    this.answering = answering;
  }

  /** Whether its file system answers at all. */
  public boolean answers() {
    return answering.answers();
  }

  /** Whether it answers and is the store that it was. */
  boolean isUsable() {
    return answers() && wrongIdentity().isEmpty();
  }

  public String name() {
    return name;
  }

  public boolean readonly() {
    return readonly;
  }

  public Path root() {
    return root;
  }

  /** Whether it is on a network file system, so that several hosts may share it. */
  public boolean isOnNetwork() {
    try {
      return NETWORK.matcher(Files.getFileStore(root).type()).matches();
    } catch (IOException e) {
      return false;
    }
  }

  /** Why the directory is not the store that it was, in half a sentence, or empty. */
  public Optional<String> wrongIdentity() {
    return identities.fault(name, root, readonly);
  }

  /** Its identity: the one that it must have, else the one that it has. */
  public Optional<String> identity() {
    return identities.expected(name).or(() -> StoreIdentity.read(root).stream().findFirst());
  }

  /** The sector's paths here, whether files exist or not. */
  public SectorFiles files(SectorId sector) {
    return new SectorFiles(root, sector);
  }

  /** Why these types of a sector's files cannot be put here, in half a sentence, or empty. */
  public Optional<String> refusal(SectorId sector, SectorSize size, Collection<FileType> types) {
    if (readonly) {
      return Optional.of("it is readonly in the configuration");
    }
    if (!answers()) {
      return Optional.of(root + " does not answer; is its disk or network working?");
    }
    if (!Files.isDirectory(root)) {
      return Optional.of(root + " is not a directory; is its disk mounted?");
    }
    Optional<String> wrong = wrongIdentity();
    if (wrong.isPresent()) {
      return wrong;
    }
    try {
      StorePolicy policy = StorePolicy.read(root);
      Optional<String> refusal = policy.refusal(sector, types);
      if (refusal.isPresent()) {
        return refusal;
      }
      Optional<String> unwritable = unwritable();
      return unwritable.isPresent() ? unwritable : lackOfSpace(sector, size, types, policy);
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Why nothing at all can be stored here, in half a sentence, or empty; leaves no trace. */
  public Optional<String> fault() {
    if (!Files.isDirectory(root)) {
      return Optional.of(root + " is not a directory; is its disk mounted?");
    }
    Optional<String> wrong = wrongIdentity();
    if (wrong.isPresent()) {
      return wrong;
    }
    boolean wasThere = own().exists();
    try {
      StorePolicy.read(root);
      Optional<String> unwritable = readonly ? Optional.empty() : unwritable();
      if (!wasThere) {
        own().removeIfEmpty();
      }
      return unwritable;
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Bytes that these types of a finished sector take here. */
  public static long keptBytes(SectorSize size, Collection<FileType> types) {
    return SectorGeometry.keptBytes(size, types);
  }

  /** Which of the types may be put here, whatever its room; none if that cannot be read. */
  public List<FileType> takes(Collection<FileType> types) {
    if (readonly || !isUsable()) {
      return List.of();
    }
    try {
      return types.stream().filter(StorePolicy.read(root)::takes).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Where the miner's own software says what may be put here; the file may be missing. */
  public Path policyFile() {
    return root.resolve(StorePolicy.FILE);
  }

  /** The words of its {@code sectorstore.json} that should be types of files and are not. */
  public List<String> unknownTypes() {
    try {
      return StorePolicy.read(root).unknownTypes();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Bytes that can still be written here; 0 if unknown. */
  public long freeBytes() {
    try {
      return space.bytes(root);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Whether any of the sector's files are here or being copied here. */
  boolean holdsPartOf(SectorId sector) {
    return files(sector).hasStoredPart() || SectorFiles.exists(own().incoming(sector));
  }

  /** Whether anything at all is here at the path of this type of the sector's files. */
  public boolean holds(SectorId sector, FileType type) {
    return files(sector).has(type);
  }

  /** The sectors that have anything here at the path of this type; other names are passed over. */
  public List<SectorId> sectors(FileType type) throws IOException {
    Path folder = root.resolve(type.folder());
    List<SectorId> sectors = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        FileWork.proceed();
        SectorId.ofFileName(entry.getFileName().toString()).ifPresent(sectors::add);
      }
    } catch (NoSuchFileException e) {
      if (!Files.isDirectory(root)) {
        throw new FileSystemException(
            root.toString(), null, "is not a directory; is its disk mounted?");
      }
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    sectors.sort(Comparator.naturalOrder());
    return sectors;
  }

  /** Whether all that a proof reads of this type is here with its exact sizes. */
  boolean holdsWhole(SectorId sector, FileType type, SealProof proof) {
    try {
      return holds(sector, type) && files(sector).provingFaults(type, proof).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether all kept files are in place with their exact sizes. */
  boolean holdsAllOf(SectorId sector, SectorKind kind) {
    try {
      return files(sector).keptFaults(kind).isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Copies of a sector here, in place and kept aside, each with a name for people. A copy may be
   * incomplete.
   */
  public Map<String, SectorFiles> copies(SectorId sector) throws IOException {
    Map<String, SectorFiles> copies = new LinkedHashMap<>();
    copies.put("store \"%s\"".formatted(name), files(sector));
    olderCopies(sector).forEach((dir, files) -> copies.put(dir.toString(), files));
    return copies;
  }

  /** Copies of a sector that were set aside here, each by its directory. */
  public Map<Path, SectorFiles> olderCopies(SectorId sector) throws IOException {
    Map<Path, SectorFiles> copies = new LinkedHashMap<>();
    for (Path older : own().olderCopies()) {
      copies.put(older, new SectorFiles(older, sector));
    }
    return copies;
  }

  /** Whether a type's files in place are, byte for byte, those of a sealed sector. */
  boolean holdsCopyOf(SectorFiles source, FileType type, SectorKind kind) throws IOException {
    return holdsWhole(source.sector(), type, kind.proof())
        && new Deposit(own(), source, files(source.sector()), kind, List.of(type), () -> {})
            .isDone();
  }

  /**
   * Copies these types of a sealed sector's kept files here. An older copy, readable or not, is set
   * aside by renaming once the new one has been read back, and never removed. If killed at any
   * point it can be repeated, with the same result; what is in place already is left as it is.
   *
   * @param source the sealed sector's files; an {@link IncompleteSectorException} if any is missing
   * @param fence the attempt's rank; a {@link SupersededException} if a higher one has the sector
   */
  Persisted persist(
      SectorFiles source,
      SectorKind kind,
      Collection<FileType> types,
      Fence fence,
      CopyProgress progress)
      throws IOException {
    List<String> faults = source.keptFaults(kind);
    if (!faults.isEmpty()) {
      throw new IncompleteSectorException(faults);
    }
    requireIdentity();
    Deposit deposit =
        new Deposit(own(), source, files(source.sector()), kind, types, this::requireIdentity);
    long bytes = deposit.run(own().fence(source.sector(), runs), fence, progress);
    return new Persisted(
        Placement.in(this, source.sector(), types),
        own().keptOf(source.sector(), fence.runId()),
        bytes);
  }

  /**
   * Writes the {@code t_aux} that a replica lacks here. What is in its place, e.g. an empty file,
   * is kept aside.
   *
   * @param fence the attempt's rank; a {@link SupersededException} if a higher one has the sector
   */
  public void addTAux(SectorId sector, Replica replica, SectorSize size, Fence fence)
      throws IOException {
    requireIdentity();
    FenceDirectory fences = own().fence(sector, runs);
    fences.claim(fence);
    fences.check(fence);
    Path file = files(sector).tAux(replica);
    if (SectorFiles.exists(file)) {
      Path kept = own().newKept(sector, replica.cacheType(), fence.runId());
      durable.makeDirectory(kept);
      durable.rename(file, kept.resolve(file.getFileName()));
    }
    durable.write(file, TAux.of(size));
  }

  /**
   * Puts the files that a replica's directory lacks here, or has with other bytes, next to those
   * that are right, which are not touched. What is in their place is kept aside.
   *
   * @param files the files that it should have, each with its SHA-256
   * @param fence the attempt's rank; a {@link SupersededException} if a higher one has the sector
   * @return the names of the files that were put here
   */
  List<String> supplement(SectorId sector, Replica replica, Map<Path, String> files, Fence fence)
      throws IOException {
    requireIdentity();
    Map<Path, String> wanted = new LinkedHashMap<>(files);
    if (!files(sector).lacksTAux(replica)) {
      // Other software writes its own paths into it.
      wanted.keySet().removeIf(file -> file.endsWith(SectorFiles.T_AUX));
    }
    return new Supplement(own(), files(sector), replica.cacheType(), wanted, this::requireIdentity)
        .run(own().fence(sector, runs), fence);
  }

  /**
   * How many of the files that prove a replica are here and right. A directory without any,
   * whatever else it has, counts as none.
   *
   * @param files the files that its directory should have, each with its SHA-256
   */
  long countOf(SectorId sector, Replica replica, Map<Path, String> files) throws IOException {
    long right = 0;
    for (Map.Entry<Path, String> file : files.entrySet()) {
      Path here = files(sector).cacheDir(replica).resolve(file.getKey().getFileName());
      if (KeptDigests.has(here, file.getValue())) {
        right++;
      }
    }
    return right;
  }

  /** Whether a failure is about a file here. */
  boolean has(FileSystemException failure) {
    return OsError.file(failure).filter(file -> file.startsWith(root)).isPresent();
  }

  private void requireIdentity() throws FileSystemException {
    Optional<String> wrong = wrongIdentity();
    if (wrong.isPresent()) {
      throw new FileSystemException(root.toString(), null, wrong.get());
    }
  }

  /** Sectors with exchanges that are under way here or were interrupted. */
  List<SectorId> exchanging() throws IOException {
    return own().exchanging();
  }

  /** The sector's exchanges here that are under way or were interrupted. */
  List<Exchange> exchanges(SectorId sector) throws IOException {
    return Exchange.of(own(), files(sector));
  }

  /**
   * Completes or removes what earlier attempts began on a sector here; none of them can continue.
   *
   * @param fence the rank of whoever wants that; nothing happens if a higher one has the sector
   */
  void settle(SectorId sector, Fence fence) throws IOException {
    FenceDirectory fences = own().fence(sector, runs);
    if (!fences.exists() && exchanges(sector).isEmpty()) {
      return;
    }
    fences.claim(fence);
    List<Exchange> earlier = exchanges(sector);
    fences.check(fence);
    for (Exchange exchange : earlier) {
      exchange.settle();
    }
    own().removeIncomingIfEmpty(sector);
  }

  /** Completes or removes exchanges here; the attempts that began them fail. */
  void settle(SectorId sector, List<Exchange> exchanges) throws IOException {
    for (Exchange exchange : exchanges) {
      exchange.settle();
    }
    own().removeIncomingIfEmpty(sector);
  }

  /** Bytes of the exchanges that are under way here or were interrupted. */
  public long incomingBytes() throws IOException {
    return Tree.bytes(own().incoming());
  }

  /**
   * Keeps a seal proof's file under {@code .reseal/proofs}. A file there with other content stays:
   * the new file's name then gets a number at its end.
   *
   * @param seedEpoch the height of the seed it answers, part of the file's name
   */
  public Path keepProof(SectorId sector, long seedEpoch, byte[] content) throws IOException {
    for (int i = 1; ; i++) {
      Path file = own().proof(sector, seedEpoch, i);
      if (!SectorFiles.exists(file)) {
        durable.makeDirectory(file.getParent());
        durable.write(file, content);
        return file;
      }
      if (isThat(file, content)) {
        return file;
      }
    }
  }

  private static boolean isThat(Path file, byte[] content) throws IOException {
    try {
      return Arrays.equals(SmallFile.read(file), content);
    } catch (UnfitFileException e) {
      return false;
    }
  }

  /** The files of seal proofs that were kept here for a sector and the height of a seed. */
  public List<Path> proofs(SectorId sector, long seedEpoch) {
    return IntStream.iterate(1, i -> i + 1)
        .mapToObj(i -> own().proof(sector, seedEpoch, i))
        .takeWhile(SectorFiles::exists)
        .toList();
  }

  private OwnDirectory own() {
    return new OwnDirectory(root, durable, clock);
  }

  private Optional<String> unwritable() {
    try {
      own().tryWriting();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("it cannot be written to (%s)".formatted(e));
    }
  }

  /**
   * Reserves room for these types of a sector's files here, before it is sealed.
   *
   * @param rebuild for which rebuild
   * @param at when it asks, in the epoch milliseconds of Temporal's server
   * @return why there is no room for it, or empty
   */
  Optional<String> reserve(
      SectorId sector,
      SectorSize size,
      Collection<FileType> types,
      ScratchOrigin.Rebuild rebuild,
      long at) {
    Optional<String> refusal = refusal(sector, size, types);
    if (refusal.isPresent()) {
      return refusal;
    }
    try {
      Reservations all = own().reservations();
      boolean isNew = all.of(sector).isEmpty();
      all.put(
          new Reservation(
              sector,
              types.stream().map(FileType::folder).toList(),
              reservedBytes(size, types),
              SectorGeometry.keptFiles(size, types),
              rebuild,
              at));
      // Of two hosts that reserve at the same time, at least one sees the other's reservation.
      Optional<String> lack = lackOfSpace(sector, size, types, StorePolicy.read(root));
      if (lack.isPresent() && isNew) {
        all.remove(sector);
      }
      return lack;
    } catch (IOException e) {
      return Optional.of(e.toString());
    }
  }

  boolean hasReserved(SectorId sector) {
    return reservation(sector).isPresent();
  }

  boolean hasReserved(SectorId sector, FileType type) {
    return reservation(sector).filter(reserved -> reserved.isFor(type)).isPresent();
  }

  private Optional<Reservation> reservation(SectorId sector) {
    try {
      return own().reservations().of(sector);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  List<Reservation> reservations() throws IOException {
    return own().reservations().all();
  }

  /** Gives up what was reserved for a sector until then; a later reservation stays. */
  void release(SectorId sector, long until) throws IOException {
    Reservations all = own().reservations();
    if (all.of(sector).filter(reservation -> reservation.at() <= until).isPresent()) {
      all.remove(sector);
    }
  }

  private static long reservedBytes(SectorSize size, Collection<FileType> types) {
    long kept = SectorGeometry.keptBytes(size, types);
    return kept + kept / 100;
  }

  private Optional<String> lackOfSpace(
      SectorId sector, SectorSize size, Collection<FileType> types, StorePolicy policy)
      throws IOException {
    long othersBytes = 0;
    long othersFiles = 0;
    for (Reservation other : reservations()) {
      if (!other.sector().equals(sector)) {
        othersBytes += Math.max(0, other.bytes() - Tree.bytes(own().incoming(other.sector())));
        othersFiles += other.files();
      }
    }
    // What an earlier attempt copied is removed before the copy starts again.
    long needed = reservedBytes(size, types) - Tree.bytes(own().incoming(sector));
    String reserved =
        othersBytes == 0 ? "" : "; %d bytes are reserved for other rebuilds".formatted(othersBytes);
    long free = space.bytes(root);
    if (free - othersBytes < needed) {
      return Optional.of("it has %d bytes free of %d needed%s".formatted(free, needed, reserved));
    }
    long freeFiles = space.files(root);
    if (freeFiles - othersFiles < SectorGeometry.keptFiles(size, types)) {
      return Optional.of(
          "it has inodes for %d more files, of which %d are reserved for other rebuilds and %d are needed"
              .formatted(freeFiles, othersFiles, SectorGeometry.keptFiles(size, types)));
    }
    if (policy.maxBytes() > 0) {
      long used = Tree.bytes(root);
      if (used + othersBytes + needed > policy.maxBytes()) {
        return Optional.of(
            "its %s limits it to %d bytes, of which %d are taken and %d more are needed%s"
                .formatted(StorePolicy.FILE, policy.maxBytes(), used, needed, reserved));
      }
    }
    return Optional.empty();
  }
}
