package io.reseal.cli.sectors;

import io.reseal.catalog.SectorProof;
import io.reseal.cli.arguments.SectorMixin;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Listing;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Spans;
import io.reseal.problem.RefusedException;
import io.reseal.sector.SectorId;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the seal proofs that rebuilds of a sector made. */
@Command(
    name = "proof",
    description = "Show the seal proofs that rebuilds of a sector made, newest first.")
public final class ProofCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin private SectorMixin named;

  @Mixin private OutputMixin output;

  public ProofCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    SectorId sector = named.id();
    try (Services services = shell.services()) {
      List<SectorProof> proofs = services.catalog().proofs().of(sector);
      if (proofs.isEmpty()) {
        throw new RefusedException(
            "There is no seal proof of sector %s: a rebuild makes one if it is due, or with --prove."
                .formatted(sector));
      }
      output.print(shell.out(), proofs, () -> text(proofs));
    }
    return ExitStatus.DONE;
  }

  private static String text(List<SectorProof> proofs) {
    Listing page = new Listing();
    for (SectorProof proof : proofs) {
      page.line(0, "Proof of %s: ", proof.sector().fileName());
      page.value("Made", Spans.time(proof.madeAt()) + ", run " + proof.runId());
      page.value("SealProof", proof.proofType());
      page.value("Ticket", proof.ticket().text());
      page.value("Seed", proof.seed().text());
      page.value("CommD", proof.commD());
      page.value("CommR", proof.commR());
      page.value("Proof", proof.proof());
    }
    return page.toString();
  }
}
