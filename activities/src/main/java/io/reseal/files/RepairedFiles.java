package io.reseal.files;

import io.reseal.sector.PAux;
import io.reseal.sector.SealProof;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files that prove a replica, made again in a directory of their own in scratch; removed when
 * this is closed.
 */
public final class RepairedFiles implements AutoCloseable {

  private static final String DIRECTORY = "reseal-repair";

  private final Durable durable = new Durable();
  private final SealProof proof;
  private final Path directory;

  /** Makes an empty directory for them; what an earlier attempt left there is removed. */
  public RepairedFiles(SectorFiles scratch, Replica replica, SealProof proof) throws IOException {
    this.proof = proof;
    this.directory = scratch.cacheDir(replica).resolve(DIRECTORY);
    durable.deleteTree(directory);
    durable.makeDirectory(directory);
  }

  /** Where the files of tree R are to be written. */
  public Path directory() {
    return directory;
  }

  /**
   * Copies the files of tree R from a store.
   *
   * @return the SHA-256 of each, by name
   */
  public Map<String, String> copyTree(SectorFiles from, Replica replica) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    for (SectorFiles.Kept file : from.treeR(replica, proof)) {
      Path name = file.path().getFileName();
      digests.put(name.toString(), durable.copy(file.path(), directory.resolve(name), bytes -> {}));
    }
    return digests;
  }

  /**
   * Adds the files that need no data.
   *
   * @param tree the SHA-256 of each file of tree R, by name, from the pass that made it
   * @return all files, each with its SHA-256
   */
  public Map<Path, String> complete(Map<String, String> tree, PAux pAux) throws IOException {
    Map<Path, String> files = new LinkedHashMap<>();
    tree.forEach((name, digest) -> files.put(directory.resolve(name), digest));
    write(files, SectorFiles.P_AUX, pAux.bytes());
    write(files, SectorFiles.T_AUX, TAux.of(proof.size()));
    return files;
  }

  private void write(Map<Path, String> files, String name, byte[] content) throws IOException {
    Path file = directory.resolve(name);
    durable.write(file, content);
    files.put(file, Durable.digest(content));
  }

  @Override
  public void close() throws IOException {
    durable.deleteTree(directory);
  }
}
