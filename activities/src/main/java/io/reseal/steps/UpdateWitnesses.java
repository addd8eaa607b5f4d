package io.reseal.steps;

import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.core.NativeCore;
import io.reseal.files.Replica;
import io.reseal.files.Stores;
import io.reseal.reading.SmallFile;
import io.reseal.sector.Commitment;
import io.reseal.sector.PAux;
import io.reseal.steps.Finding.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Searches for explanations why an update of a correct key has a CommR other than the recorded one.
 * An update and its key have the same comm_c, the first half of {@code p_aux}.
 */
final class UpdateWitnesses {

  private final Stores stores;
  private final NativeCore core;

  UpdateWitnesses(Stores stores, NativeCore core) {
    this.stores = stores;
    this.core = core;
  }

  /**
   * @param keyPAux the key's {@code p_aux}
   */
  List<Finding> findings(SectorFacts facts, Path keyPAux) throws IOException {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        new Finding(
            "pieces",
            Verdict.UNKNOWN,
            "the update's %d pieces in this order give CommD %s; if the chain or the miner's records have another one, a piece, a filler or their order is wrong"
                .formatted(facts.snap().pieces().size(), facts.snap().commD())));
    Commitment commC = PAux.of(SmallFile.read(keyPAux)).commC();
    for (Map.Entry<String, Path> copy :
        stores.knownPAux(facts.sector(), Replica.UPDATE).entrySet()) {
      findings.add(known(copy.getKey(), copy.getValue(), facts.snap().commR(), commC));
    }
    return findings;
  }

  private Finding known(String name, Path pAux, Commitment commR, Commitment commC) {
    PAux roots;
    try {
      roots = PAux.of(SmallFile.read(pAux));
    } catch (IOException e) {
      return finding(Verdict.UNKNOWN, name, "cannot be read: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      return torn(name);
    }
    if (!gives(roots, commR)) {
      return torn(name);
    }
    return roots.commC().equals(commC)
        ? finding(
            Verdict.WRONG,
            name,
            "gives the expected CommR and has our key's comm_c: the key is right, the update's"
                + " pieces, their order or a filler is not")
        : finding(
            Verdict.WRONG,
            name,
            "gives the expected CommR and has another comm_c: that update was made of another key,"
                + " so the key's CommR in the record is wrong");
  }

  private static Finding torn(String name) {
    return finding(
        Verdict.UNKNOWN,
        name,
        "does not give the expected CommR either: it is torn or another update's");
  }

  private static Finding finding(Verdict verdict, String name, String text) {
    return new Finding("known", verdict, "the update's p_aux of %s %s".formatted(name, text));
  }

  private boolean gives(PAux roots, Commitment commR) {
    try {
      return core.commR(roots).filter(commR::equals).isPresent();
    } catch (CoreException e) {
      return false;
    }
  }
}
