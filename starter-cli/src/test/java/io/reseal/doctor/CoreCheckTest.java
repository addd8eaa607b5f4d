package io.reseal.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.config.Pc2;
import io.reseal.core.CoreNotFoundException;
import io.reseal.core.StageDiedException;
import io.reseal.doctor.Finding.Verdict;
import io.reseal.sector.SectorSize;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The native core, played by a fake. */
class CoreCheckTest {

  private static final Sizes SIZES = new Sizes(Set.of(SectorSize.KIB_2), true);

  /** A core in order; a test overrides what is to be wrong. */
  private static class Fake implements CoreCheck.Core {
    @Override
    public String place() {
      return "/opt/reseal/native/cpu";
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

  private static List<Finding> examine(CoreCheck.Core core) throws InterruptedException {
    return new CoreCheck(core, SIZES, Pc2.AUTO).examine();
  }

  /** The line on PC2 with this setting, on a core of this flavour that hashes by this. */
  private static Finding trees(Pc2 pc2, String flavour, String poseidon)
      throws InterruptedException {
    Fake core =
        new Fake() {
          @Override
          public JsonNode describe() {
            return ((ObjectNode) super.describe())
                .put("flavour", flavour)
                .put("poseidon", poseidon);
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
    assertThat(trees(Pc2.AUTO, "cpu", "ifma"))
        .isEqualTo(
            new Finding(
                "PC2",
                Verdict.ok,
                "by Reseal's code with AVX-512 IFMA ([native] pc2 = \"auto\", flavour cpu)"));
    assertThat(trees(Pc2.CPU, "cuda", "ifma").text()).contains("by Reseal's code with", "cuda");
    assertThat(trees(Pc2.AUTO, "cpu", "avx2").text()).contains("without AVX-512 IFMA", "faster");
    assertThat(trees(Pc2.STOCK, "cpu", "ifma").text()).contains("library's code, the reference");
    assertThat(trees(Pc2.AUTO, "cuda", "ifma").text()).contains("library's code on the GPU");
    assertThat(trees(Pc2.GPU, "cuda", "ifma").text()).contains("library's code on the GPU");
    Finding none = trees(Pc2.GPU, "cpu", "ifma");
    assertThat(none.verdict()).isEqualTo(Verdict.problem);
    assertThat(none.text()).contains("pc2 = \"gpu\"", "uses no GPU", "auto or cpu");
  }

  @Test
  void aCoreInOrderIsShownWithFlavourAndFeatures() throws InterruptedException {
    List<Finding> findings = examine(new Fake());
    assertThat(findings).extracting(Finding::verdict).containsOnly(Verdict.ok);
    assertThat(findings.get(0).text()).contains("flavour cpu", "/opt/reseal/native/cpu");
    assertThat(findings.get(1).text()).contains("sha_ni, avx2");
  }

  @Test
  void aCoreThatIsNotThereOrNotForThisCpuIsAProblem() throws InterruptedException {
    List<Finding> findings =
        examine(
            new Fake() {
              @Override
              public JsonNode describe() {
                throw new CoreNotFoundException("This CPU lacks sha_ni.");
              }
            });
    assertThat(findings)
        .containsExactly(new Finding("native core", Verdict.problem, "This CPU lacks sha_ni."));
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
