package io.reseal.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.reading.SmallFile;
import io.reseal.reading.UnfitFileException;
import io.reseal.sector.Commitment;
import io.reseal.sector.SealProof;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The SHA-256 of each kept file of a replica in scratch, in a record beside them. The stage that
 * makes the files computes the digests in the same pass, so that a bit that changes later is
 * noticed before the sector is stored.
 */
public final class KeptDigests implements RecordedDigests {

  /** The record's file in the replica's directory; the core writes it under this name. */
  static final String FILE = "reseal-kept.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What the file holds.
   *
   * @param commR which replica the files belong to
   * @param replica the digest of the replica's file
   * @param cache the digests of the files in its directory, by name
   */
  private record Content(
      @JsonProperty("comm_r") String commR,
      @JsonProperty("replica") String replica,
      @JsonProperty("cache") Map<String, String> cache) {}

  private final SectorFiles files;
  private final Replica replica;
  private final Content content;

  private KeptDigests(SectorFiles files, Replica replica, Content content) {
    this.files = files;
    this.replica = replica;
    this.content = content;
  }

  /**
   * The recorded digests. Empty if there are none for a replica with this CommR: an older version
   * made the files, or the record itself is damaged.
   */
  public static Optional<KeptDigests> find(
      SectorFiles files, Replica replica, SealProof proof, Commitment commR) throws IOException {
    return find(files, replica, proof).filter(found -> found.content.commR.equals(commR.hex()));
  }

  /** The recorded digests of whatever replica is there. */
  static Optional<KeptDigests> find(SectorFiles files, Replica replica, SealProof proof)
      throws IOException {
    Path file = file(files, replica);
    if (!SectorFiles.exists(file)) {
      return Optional.empty();
    }
    try {
      Content content = JSON.readValue(SmallFile.readText(file), Content.class);
      KeptDigests found = new KeptDigests(files, replica, content);
      return content != null && found.isComplete(proof) ? Optional.of(found) : Optional.empty();
    } catch (JsonProcessingException | UnfitFileException e) {
      return Optional.empty();
    }
  }

  /**
   * The digests that the files have now. They prove nothing until {@link #record} is called after a
   * check that has read all of the same files.
   */
  public static KeptDigests read(
      SectorFiles files, Replica replica, SealProof proof, Commitment commR) throws IOException {
    Map<String, String> cache = new TreeMap<>();
    for (SectorFiles.Kept kept : files.keptCache(replica, proof)) {
      cache.put(kept.path().getFileName().toString(), Durable.digest(kept.path()));
    }
    String data = Durable.digest(files.data(replica));
    return new KeptDigests(files, replica, new Content(commR.hex(), data, cache));
  }

  /** Writes the record, in place of a damaged one. */
  public void record() throws IOException {
    Durable durable = new Durable();
    durable.delete(file(files, replica));
    durable.write(file(files, replica), JSON.writeValueAsBytes(content));
  }

  /** Fails unless the replica's small files, which every proof depends on, are as recorded. */
  public void checkDirectory() throws IOException {
    for (String name : content.cache.keySet()) {
      check(files.cacheDir(replica).resolve(name));
    }
  }

  /** Fails unless the replica's file, which may be large, is as recorded. */
  public void checkData() throws IOException {
    check(files.data(replica));
  }

  @Override
  public void check(Path file, String digest) throws DamagedFileException {
    if (!digest.equals(of(file))) {
      throw new DamagedFileException(replica, file, digest, of(file));
    }
  }

  /** The files in the replica's directory, each with its digest. */
  Map<Path, String> directory() {
    Map<Path, String> digests = new TreeMap<>();
    content.cache.forEach(
        (name, digest) -> digests.put(files.cacheDir(replica).resolve(name), digest));
    return digests;
  }

  /** The kept files that are missing or have other bytes in a copy of the replica. */
  public List<Path> differing(SectorFiles copy, SealProof proof) throws IOException {
    List<Path> differing = new ArrayList<>();
    List<SectorFiles.Kept> originals = files.kept(replica, proof);
    List<SectorFiles.Kept> copies = copy.kept(replica, proof);
    for (int i = 0; i < originals.size(); i++) {
      if (!isCopy(originals.get(i).path(), copies.get(i).path())) {
        differing.add(copies.get(i).path());
      }
    }
    return differing;
  }

  @Override
  public boolean isCopy(Path file, Path copy) throws IOException {
    return has(copy, of(file));
  }

  /** Whether a file has that digest; one that cannot be read has not. */
  static boolean has(Path file, String digest) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try {
      return Durable.digest(file).equals(digest);
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      return false;
    }
  }

  private void check(Path file) throws IOException {
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      check(file, Durable.digest(file));
    }
  }

  /** The recorded digest of one of the replica's files. */
  private String of(Path file) {
    return file.equals(files.data(replica))
        ? content.replica
        : content.cache.get(file.getFileName().toString());
  }

  private boolean isComplete(SealProof proof) {
    return content.commR != null
        && content.replica != null
        && content.cache != null
        && files.keptCache(replica, proof).stream().allMatch(kept -> of(kept.path()) != null);
  }

  private static Path file(SectorFiles files, Replica replica) {
    return files.cacheDir(replica).resolve(FILE);
  }
}
