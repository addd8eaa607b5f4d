package io.reseal.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.config.Flavour;
import io.reseal.config.Pc2;
import io.reseal.core.ChosenCore;
import io.reseal.core.CoreFiles;
import io.reseal.core.CoreNotFoundException;
import io.reseal.core.Gpu;
import io.reseal.core.HostGpus;
import io.reseal.core.StageDiedException;
import io.reseal.doctor.CheckResult.Verdict;
import io.reseal.sector.SectorSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The native core, played by a fake. */
class CoreCheckTest {

  private static final Sizes SIZES = new Sizes(Set.of(SectorSize.KIB_2), true);

  /** A core in order; a test overrides what is to be wrong. */
  private static class Fake implements CoreCheck.Core {
    private final HostGpus gpus;

    Fake() {
      this(List.of());
    }

    Fake(List<Gpu> gpus) {
      this.gpus = new HostGpus(Optional.of("580.65.06"), Optional.empty(), gpus);
    }

    HostGpus gpus() {
      return gpus;
    }

    @Override
    public ChosenCore chosen() {
      return core(
          Flavour.CPU,
          Flavour.CPU,
          Map.of(Flavour.CUDA, "it is not in /opt/reseal/native/cuda"),
          gpus);
    }

    @Override
    public JsonNode describe() {
      return new ObjectMapper()
          .createObjectNode()
          .put("version", "0.1.0")
          .put("flavour", "cpu")
          .put("proofs", "filecoin-proofs-api 19.1.0")
          .set("cpu_features", new ObjectMapper().createArrayNode().add("sha_ni").add("avx2"));
    }

    @Override
    public ParameterReport parameters(SectorSize size) throws StageDiedException, IOException {
      return new ParameterReport(size.toString(), "/params", true, true, List.of());
    }
  }

  private static ChosenCore core(
      Flavour flavour, Flavour withoutGpu, Map<Flavour, String> others, HostGpus gpus) {
    Path dir = Path.of("/opt/reseal/native");
    return new ChosenCore(
        CoreFiles.of(dir, flavour),
        CoreFiles.of(dir, withoutGpu).stageProgram(),
        null,
        others,
        gpus);
  }

  private static List<CheckResult> examine(CoreCheck.Core core) throws InterruptedException {
    return new CoreCheck(core, SIZES, Pc2.AUTO).examine();
  }

  /** The line on PC2 with this setting, on a core of this flavour that hashes by this. */
  private static CheckResult trees(Pc2 pc2, Flavour flavour, String poseidon)
      throws InterruptedException {
    Fake core =
        new Fake() {
          @Override
          public ChosenCore chosen() {
            return core(flavour, flavour, Map.of(), gpus());
          }

          @Override
          public JsonNode describe() {
            return ((ObjectNode) super.describe()).put("poseidon", poseidon);
          }
        };
    return new CoreCheck(core, SIZES, pc2)
        .examine().stream()
            .filter(finding -> finding.subject().equals("PC2"))
            .findFirst()
            .orElseThrow();
  }

  /** Fails where another code is named than the one that runs, or nothing says why. */
  @Test
  void whoseCodeBuildsTreesIsSaidAndWhy() throws InterruptedException {
    assertThat(trees(Pc2.AUTO, Flavour.CPU, "ifma"))
        .isEqualTo(
            new CheckResult(
                "PC2",
                Verdict.ok,
                "by Reseal's code with AVX-512 IFMA ([native] pc2 = \"auto\", flavour cpu)"));
    assertThat(trees(Pc2.CPU, Flavour.CUDA, "ifma").text())
        .contains("by Reseal's code with", "cuda");
    assertThat(trees(Pc2.AUTO, Flavour.CPU, "avx2").text())
        .contains("without AVX-512 IFMA", "faster");
    assertThat(trees(Pc2.STOCK, Flavour.CPU, "ifma").text())
        .contains("library's code, the reference");
    assertThat(trees(Pc2.AUTO, Flavour.CUDA, "ifma").text()).contains("library's code on the GPU");
    assertThat(trees(Pc2.GPU, Flavour.CUDA, "ifma").text()).contains("library's code on the GPU");
    CheckResult none = trees(Pc2.GPU, Flavour.CPU, "ifma");
    assertThat(none.verdict()).isEqualTo(Verdict.problem);
    assertThat(none.text()).contains("pc2 = \"gpu\"", "uses no GPU", "auto or cpu");
  }

  // Fails where a host seems in order that can make no seal proof once its GPUs have failed.
  @Test
  void aCoreThatProvesOnGpusAloneWantsAnotherBesideIt() throws InterruptedException {
    assertThat(besideSupraSeal(Flavour.CUDA_SUPRASEAL))
        .extracting(CheckResult::verdict, finding -> finding.text().contains("put the flavour cpu"))
        .containsExactly(Verdict.warning, true);
    assertThat(besideSupraSeal(Flavour.CPU).verdict()).isEqualTo(Verdict.ok);
  }

  private static CheckResult besideSupraSeal(Flavour withoutGpu) throws InterruptedException {
    Fake core =
        new Fake() {
          @Override
          public ChosenCore chosen() {
            return core(Flavour.CUDA_SUPRASEAL, withoutGpu, Map.of(), gpus());
          }
        };
    return examine(core).get(1);
  }

  @Test
  void aCoreInOrderIsShownWithFlavourAndFeatures() throws InterruptedException {
    List<CheckResult> findings = examine(new Fake());
    assertThat(findings).extracting(CheckResult::verdict).containsOnly(Verdict.ok);
    assertThat(findings.get(0).text()).contains("flavour cpu", "/opt/reseal/native/cpu");
    assertThat(findings.get(1).text()).contains("Not cuda: it is not in");
    assertThat(findings.get(2).text()).contains("sha_ni, avx2");
  }

  // Fails where whatever was chosen is called in order.
  @Test
  void gpusThatTheFlavourLeavesUnusedAreAWarning() throws InterruptedException {
    Gpu gpu = new Gpu(0, "GPU-1", "NVIDIA A", 25757220864L, "8.6", "0000:41:00.0");
    assertThat(examine(new Fake(List.of(gpu))))
        .filteredOn(finding -> finding.verdict() == Verdict.warning)
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.text())
                    .contains("NVIDIA A", "GPU-1", "24.0 GiB", "580.65.06", "Not cuda: it is not"));
  }

  @Test
  void aCoreThatIsNotThereOrNotForThisCpuIsAProblem() throws InterruptedException {
    List<CheckResult> findings =
        examine(
            new Fake() {
              @Override
              public JsonNode describe() {
                throw new CoreNotFoundException("This CPU lacks sha_ni.");
              }
            });
    assertThat(findings)
        .containsExactly(new CheckResult("native core", Verdict.problem, "This CPU lacks sha_ni."));
  }

  @Test
  void aStageProgramThatDoesNotRunIsAProblem() throws InterruptedException {
    assertThat(
            examine(
                new Fake() {
                  @Override
                  public ParameterReport parameters(SectorSize size) throws IOException {
                    throw new IOException("error=8, Exec format error");
                  }
                }))
        .filteredOn(finding -> finding.verdict() == Verdict.problem)
        .singleElement()
        .satisfies(finding -> assertThat(finding.text()).contains("Exec format error"));
  }

  @Test
  void missingParametersAreAWarning() throws InterruptedException {
    assertThat(
            examine(
                new Fake() {
                  @Override
                  public ParameterReport parameters(SectorSize size) {
                    return new ParameterReport(size.toString(), "/params", false, true, List.of());
                  }
                }))
        .filteredOn(finding -> finding.verdict() == Verdict.warning)
        .singleElement()
        .satisfies(finding -> assertThat(finding.text()).contains("/params", "params check"));
  }
}
