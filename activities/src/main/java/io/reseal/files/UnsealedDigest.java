package io.reseal.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.reading.SmallFile;
import io.reseal.reading.UnfitFileException;
import io.reseal.sector.Commitment;
import io.reseal.sector.SealProof;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The SHA-256 of the unsealed copy that a rebuild stores, i.e. of the data in scratch and the
 * trailer that follows them, in a record beside the replica's files.
 */
public final class UnsealedDigest implements RecordedDigests {

  private static final String FILE = "reseal-unsealed.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What the file holds.
   *
   * @param commD commitment to the data
   * @param digest the digest of data and trailer
   */
  private record Content(
      @JsonProperty("comm_d") String commD, @JsonProperty("digest") String digest) {}

  private final Path file;
  private final Content content;

  private UnsealedDigest(Path file, Content content) {
    this.file = file;
    this.content = content;
  }

  /** The recorded digest of a copy whose data have this CommD, if there is one. */
  public static Optional<UnsealedDigest> find(
      SectorFiles scratch, Replica replica, Commitment commD) throws IOException {
    return find(scratch, replica).filter(found -> found.content.commD.equals(commD.hex()));
  }

  /** The recorded digest of whatever copy it is. */
  static Optional<UnsealedDigest> find(SectorFiles scratch, Replica replica) throws IOException {
    Path file = file(scratch, replica);
    if (!SectorFiles.exists(file)) {
      return Optional.empty();
    }
    try {
      Content content = JSON.readValue(SmallFile.readText(file), Content.class);
      return content == null || content.commD == null || content.digest == null
          ? Optional.empty()
          : Optional.of(new UnsealedDigest(file, content));
    } catch (JsonProcessingException | UnfitFileException e) {
      return Optional.empty();
    }
  }

  /**
   * The digest that the copy has now. It proves nothing until {@link #record} is called after a
   * check that has read all of the same data.
   */
  public static UnsealedDigest read(
      SectorFiles scratch, Replica replica, SealProof proof, Commitment commD) throws IOException {
    Path data = scratch.unsealed(replica);
    if (!SectorFiles.exists(data)) {
      throw new IncompleteSectorException(List.of(data + " is missing"));
    }
    return new UnsealedDigest(
        file(scratch, replica),
        new Content(commD.hex(), Durable.digest(data, UnsealedTrailer.whole(proof.size()))));
  }

  /** Writes the record, in place of a damaged one. */
  public void record() throws IOException {
    Durable durable = new Durable();
    durable.delete(file);
    durable.write(file, JSON.writeValueAsBytes(content));
  }

  @Override
  public void check(Path data, String digest) throws DamagedFileException {
    if (!digest.equals(content.digest)) {
      throw DamagedFileException.ofData(data, digest, content.digest);
    }
  }

  @Override
  public boolean isCopy(Path data, Path copy) throws IOException {
    return KeptDigests.has(copy, content.digest);
  }

  private static Path file(SectorFiles scratch, Replica replica) {
    return scratch.cacheDir(replica).resolve(FILE);
  }
}
