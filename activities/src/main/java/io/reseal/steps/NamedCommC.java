package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.files.SectorFiles;
import io.reseal.sector.Commitment;
import io.reseal.sector.SealProof;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The roots of tree C that files of a sector name: vanilla proofs of its update or of its sealing,
 * and tree C itself where a cache directory was not cleared. Nothing shows that they are this
 * sector's until CommR does.
 */
final class NamedCommC {

  private static final Logger LOG = LoggerFactory.getLogger(NamedCommC.class);

  private NamedCommC() {}

  /**
   * What a store's files say, or those of an older copy: each root, with the file that names it.
   */
  static Map<Commitment, Path> in(SectorFiles files, SealProof proof, CopyCheck.Core program)
      throws IOException, InterruptedException {
    Map<Commitment, Path> named = new LinkedHashMap<>();
    UpdateProofs.commC(files).ifPresent(commC -> named.put(commC, files.updateProofs()));
    if (hasTreeC(files, proof) || SectorFiles.exists(files.commit1Output())) {
      try {
        JsonNode result = program.run(CoreRequests.commC(proof, files.cacheDir()));
        for (JsonNode found : result.path("found")) {
          named.putIfAbsent(
              new Commitment(found.path("comm_c").asText()),
              files.cacheDir().resolve(found.path("file").asText()));
        }
      } catch (CoreException | StageDiedException e) {
        LOG.info("{} gives no comm_c: {}", files.cacheDir(), e.getMessage());
      }
    }
    return named;
  }

  static boolean hasTreeC(SectorFiles files, SealProof proof) {
    return files.treeC(proof).stream().allMatch(SectorFiles.Kept::isWhole);
  }
}
