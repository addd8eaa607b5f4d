package io.reseal.files;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reseal.files.Scratch.Claim;
import io.reseal.reading.SmallFile;
import io.reseal.reading.UnfitFileException;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner files of a sealing thread's location, each of which names the replica that a sector's
 * scratch files are of. A file beside it, the origin, says what the files were made from.
 */
final class ScratchOwners {

  private static final String OWNER_SUFFIX = ".json";
  private static final String ORIGIN_SUFFIX = ".origin";

  private static final Logger LOG = LoggerFactory.getLogger(ScratchOwners.class);

  /** Newer versions may add to these files. */
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Path directory;
  private final Durable durable;

  ScratchOwners(Path directory, Durable durable) {
    this.directory = directory;
    this.durable = durable;
  }

  /** The owner of the sector's scratch files here, if there are any of Reseal's. */
  Optional<Claim> of(SectorId sector) throws IOException {
    Path file = ownerFile(sector);
    return SectorFiles.exists(file) ? Optional.of(readOwner(file)) : ownerByOrigin(file);
  }

  /**
   * What the claimed files say of themselves; empty if an older version made them, or if that
   * cannot be read.
   */
  Optional<ScratchOrigin> origin(Claim claim) throws IOException {
    return readOrigin(originFile(claim.sector())).filter(origin -> origin.isOf(claim));
  }

  private static Optional<ScratchOrigin> readOrigin(Path file) throws IOException {
    if (!SectorFiles.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(JSON.readValue(SmallFile.readText(file), ScratchOrigin.class))
          .filter(ScratchOrigin::isWhole);
    } catch (JacksonException | UnfitFileException e) {
      LOG.warn("{} cannot be read: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  /** Writes down what a claimed sector's files are, beside their owner file. */
  void describe(ScratchOrigin origin) throws IOException {
    Path file = originFile(origin.inputs().sector());
    // If killed between the two, the files count as those of an unknown rebuild and are kept.
    durable.delete(file);
    durable.write(file, JSON.writeValueAsBytes(origin));
  }

  /**
   * All sectors that have scratch files here, in order; those of an {@link #unreadable() unreadable
   * owner file} are left out.
   */
  List<Claim> claims() throws IOException {
    List<Claim> claims = new ArrayList<>();
    for (Path file : ownerFiles()) {
      try {
        claims.add(readOwner(file));
      } catch (ForeignFilesException e) {
        LOG.debug("Left out", e);
      }
    }
    return claims;
  }

  /** The owner files that do not name an owner: the files beside them are left alone. */
  List<Path> unreadable() throws IOException {
    List<Path> unreadable = new ArrayList<>();
    for (Path file : ownerFiles()) {
      try {
        readOwner(file);
      } catch (ForeignFilesException e) {
        unreadable.add(file);
      }
    }
    return unreadable;
  }

  /** The owner files, with those that are gone but whose files' origin is known. */
  private List<Path> ownerFiles() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    Set<Path> files = new TreeSet<>(endingWith(OWNER_SUFFIX));
    for (Path origin : endingWith(ORIGIN_SUFFIX)) {
      String name = origin.getFileName().toString();
      Path file = origin.resolveSibling(name.replace(ORIGIN_SUFFIX, OWNER_SUFFIX));
      if (ownerByOrigin(file).isPresent()) {
        files.add(file);
      }
    }
    return List.copyOf(files);
  }

  private List<Path> endingWith(String suffix) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(path -> path.toString().endsWith(suffix)).toList();
    }
  }

  /** Writes a sector's owner file, unless it names that owner already. */
  void write(Claim owner) throws IOException {
    if (!isNamed(owner)) {
      durable.delete(ownerFile(owner.sector()));
      durable.write(ownerFile(owner.sector()), JSON.writeValueAsBytes(owner));
    }
  }

  /** Whether the sector has an owner file, readable or not, or files whose origin is known. */
  boolean has(SectorId sector) throws IOException {
    Path file = ownerFile(sector);
    return SectorFiles.exists(file) || ownerByOrigin(file).isPresent();
  }

  /** Removes what names the sector's owner; its other files are gone already. */
  void remove(SectorId sector) throws IOException {
    durable.delete(originFile(sector));
    // Last, so that files left by a crash before this are still known as Reseal's.
    durable.delete(ownerFile(sector));
  }

  /** The names of the sectors' files that have an owner. */
  List<String> names() throws IOException {
    return ownerFiles().stream().map(ScratchOwners::sectorName).toList();
  }

  private static String sectorName(Path ownerFile) {
    String name = ownerFile.getFileName().toString();
    return name.substring(0, name.length() - OWNER_SUFFIX.length());
  }

  /** The owner that the file names or, if it is damaged, the origin of the files beside it. */
  private Claim readOwner(Path file) throws IOException {
    try {
      return readOwnerFile(file);
    } catch (ForeignFilesException e) {
      return ownerByOrigin(file).orElseThrow(() -> e);
    }
  }

  /** The owner of an owner file that is damaged or gone, by the origin of the files beside it. */
  private Optional<Claim> ownerByOrigin(Path file) throws IOException {
    return readOrigin(originFile(file))
        .map(origin -> Claim.of(origin.inputs()))
        .filter(claim -> file.equals(ownerFile(claim.sector())));
  }

  private boolean isNamed(Claim claim) throws IOException {
    Path file = ownerFile(claim.sector());
    try {
      return readOwnerFile(file).equals(claim);
    } catch (ForeignFilesException e) {
      return false;
    }
  }

  private Claim readOwnerFile(Path file) throws IOException {
    if (!SectorFiles.exists(file)) {
      throw unreadable(file, null);
    }
    try {
      Claim claim = JSON.readValue(SmallFile.readText(file), Claim.class);
      if (claim != null
          && claim.sector() != null
          && claim.replicaId() != null
          && claim.proof() != null
          && file.equals(ownerFile(claim.sector()))) {
        return claim;
      }
    } catch (JsonProcessingException | UnfitFileException e) {
      throw unreadable(file, e);
    }
    throw unreadable(file, null);
  }

  private static ForeignFilesException unreadable(Path file, Exception cause) {
    ForeignFilesException refusal =
        new ForeignFilesException(
            ("The owner file %s does not name the owner of the scratch files beside it; nothing was"
                    + " touched; move it and the sector's files away if no rebuild needs them.")
                .formatted(file));
    refusal.initCause(cause);
    return refusal;
  }

  private Path ownerFile(SectorId sector) {
    return directory.resolve(sector.fileName() + OWNER_SUFFIX);
  }

  /** Apart from the owner file, which an older version reads too and takes no more fields in. */
  private Path originFile(SectorId sector) {
    return originFile(ownerFile(sector));
  }

  private static Path originFile(Path ownerFile) {
    return ownerFile.resolveSibling(sectorName(ownerFile) + ORIGIN_SUFFIX);
  }
}
