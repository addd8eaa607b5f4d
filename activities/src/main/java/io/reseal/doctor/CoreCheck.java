package io.reseal.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.config.Flavour;
import io.reseal.config.Pc2;
import io.reseal.core.ChosenCore;
import io.reseal.core.CoreException;
import io.reseal.core.CoreNotFoundException;
import io.reseal.core.StageDiedException;
import io.reseal.sector.SectorSize;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The native core: library, CPU, whose code builds trees, stage program, Groth16 parameters. */
final class CoreCheck {

  /** What the check needs to know about the core. */
  interface Core {

    /** The flavour that runs; a {@link CoreNotFoundException} if none does. */
    ChosenCore chosen();

    /** The core's answer to {@code describe}. */
    JsonNode describe() throws CoreException;

    /** The parameters of a size, without reading the files; runs the stage program. */
    ParameterReport parameters(SectorSize size)
        throws CoreException, StageDiedException, IOException, InterruptedException;
  }

  private final Core core;
  private final Sizes sizes;
  private final Pc2 pc2;

  /**
   * @param pc2 whose code must build trees
   */
  CoreCheck(Core core, Sizes sizes, Pc2 pc2) {
    this.core = core;
    this.sizes = sizes;
    this.pc2 = pc2;
  }

  List<CheckResult> examine() throws InterruptedException {
    List<CheckResult> findings = new ArrayList<>();
    try {
      ChosenCore chosen = core.chosen();
      JsonNode described = core.describe();
      findings.add(
          CheckResult.ok(
              "native core",
              "version %s, flavour %s, %s, in %s"
                  .formatted(
                      described.path("version").asText(),
                      described.path("flavour").asText(),
                      described.path("proofs").asText(),
                      chosen.files().library().getParent())));
      findings.add(choice(chosen));
      List<String> features = new ArrayList<>();
      described.path("cpu_features").forEach(feature -> features.add(feature.asText()));
      findings.add(
          CheckResult.ok(
              "CPU", "has the features that the core needs: " + String.join(", ", features)));
      findings.add(trees(described, chosen.files().flavour()));
    } catch (CoreNotFoundException | CoreException e) {
      findings.add(CheckResult.problem("native core", e.getMessage()));
      return findings;
    }
    parameters(findings);
    return findings;
  }

  /** Which code builds trees, and why. */
  private CheckResult trees(JsonNode described, Flavour flavour) {
    boolean usesGpu = flavour.onGpu();
    String why = "[native] pc2 = \"%s\", flavour %s".formatted(pc2, flavour);
    if (pc2 == Pc2.GPU && !usesGpu) {
      return CheckResult.problem(
          "PC2",
          "%s: this core uses no GPU; set pc2 to auto or cpu, or install another core"
              .formatted(why));
    }
    if (pc2 == Pc2.STOCK) {
      return CheckResult.ok(
          "PC2", "by the proofs library's code, the reference (%s)".formatted(why));
    }
    if (usesGpu && pc2 != Pc2.CPU) {
      return CheckResult.ok("PC2", "by the proofs library's code on the GPU (%s)".formatted(why));
    }
    return CheckResult.ok(
        "PC2",
        described.path("poseidon").asText().equals("ifma")
            ? "by Reseal's code with AVX-512 IFMA (%s)".formatted(why)
            : "by Reseal's code without AVX-512 IFMA, which is faster but which this CPU lacks (%s)"
                .formatted(why));
  }

  private static CheckResult choice(ChosenCore chosen) {
    String text = String.join(" ", chosen.sentences());
    if (!chosen.provesWithoutGpu()) {
      return CheckResult.warning(
          "flavour",
          "If no GPU is left, C2 cannot continue on the CPU: put the flavour cpu of the same"
              + " version beside this one. "
              + text);
    }
    return chosen.files().flavour().onGpu() || chosen.gpus().gpus().isEmpty()
        ? CheckResult.ok("flavour", text)
        : CheckResult.warning("flavour", "PC2 and C2 do not use this host's GPUs. " + text);
  }

  private void parameters(List<CheckResult> findings) throws InterruptedException {
    boolean runs = false;
    for (SectorSize size : sizes.all()) {
      try {
        ParameterReport report = core.parameters(size);
        if (!runs) {
          findings.add(CheckResult.ok("stage program", "runs"));
          runs = true;
        }
        findings.add(
            report.usable()
                ? CheckResult.ok("parameters " + size, "in " + report.directory())
                : CheckResult.warning(
                    "parameters " + size,
                    "some are missing in %s, so no seal proof (--prove) can be made; see reseal params check --size %s"
                        .formatted(report.directory(), size)));
      } catch (CoreException e) {
        findings.add(CheckResult.problem("stage program", e.getMessage()));
        return;
      } catch (StageDiedException | IOException e) {
        findings.add(
            CheckResult.problem(
                "stage program",
                "it does not run: %s; build or install the native core again"
                    .formatted(e.getMessage())));
        return;
      }
    }
  }
}
