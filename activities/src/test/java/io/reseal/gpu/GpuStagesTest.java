package io.reseal.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.config.Flavour;
import io.reseal.config.WorkerConfig;
import io.reseal.core.Assignment;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.CoreRequest;
import io.reseal.core.Operation;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProcess;
import io.reseal.core.StageProgram;
import io.reseal.plan.Step.Resource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On what a stage runs, and what becomes of a GPU that fails. */
@Timeout(60)
class GpuStagesTest {

  private static final String NO_CPU = "[gpu]\ncpu_fallback = false";

  @TempDir private Path temp;

  private final List<String> warnings = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private MadeUpGpus host;

  @BeforeEach
  void twoGpus() throws IOException {
    host = new MadeUpGpus(temp);
  }

  // Seen to fail: with one directory of temporary files for all GPUs.
  @Test
  void aStageIsToldItsGpuAndHasADirectoryOfItsOwn() throws Exception {
    AllowedGpus gpus = host.found();
    GpuStages.Ran first = run(gpus, Operation.PC2);
    GpuStages.Ran second = run(gpus, Operation.C2);
    assertThat(first.where()).isEqualTo("on GPU 0 (Made Up A)");
    assertThat(text(first, "on")).isEqualTo(MadeUpGpus.ZERO);
    assertThat(text(first, "temp")).endsWith("/scratch/reseal/gpus/" + MadeUpGpus.ZERO + "/tmp");
    assertThat(text(first, "off")).isEqualTo("0");
    assertThat(text(first, "memory")).isEqualTo("8589934592");
    assertThat(text(second, "on")).isEqualTo(MadeUpGpus.ONE);
    assertThat(text(second, "temp")).contains(MadeUpGpus.ONE);
    assertThat(text(second, "memory")).isEqualTo("34359738368");
    assertThat(told).contains("on GPU 1 (Made Up B)");
    assertThat(warnings).isEmpty();
  }

  @Test
  void aStageThatUsesNoneKeepsOffAllOfThem() throws Exception {
    GpuStages.Ran ran = run(host.found(), Operation.PC1);
    assertThat(ran.where()).isEmpty();
    assertThat(text(ran, "on")).isEmpty();
    assertThat(text(ran, "visible")).isEmpty();
    assertThat(text(ran, "off")).isEqualTo("1");
    assertThat(text(ran, "trees")).isEqualTo("false");
  }

  // Seen to fail: with the file's word passed on, which a core without GPUs refuses.
  @Test
  void aFileThatWantsTreesOnAGpuDoesNotKeepTheCpuFromBuildingThem() throws Exception {
    host.absent("libcuda.so.1 is not there");
    AllowedGpus gpus = host.found("[native]\npc2 = \"gpu\"");
    GpuStages.Ran ran = run(gpus, Operation.PC2);
    assertThat(ran.where()).startsWith("on the CPU");
    assertThat(text(ran, "pc2")).isEqualTo("cpu");
  }

  // Seen to fail: with a process that crashed taken for one that was killed.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo '{\"error\":{\"code\":\"Gpu\",\"message\":\"CUDA_ERROR_ECC\"}}'; exit 1",
        "kill -SEGV $$",
        "echo 'CUDA error: out of memory' >&2; kill -ABRT $$",
        "exit 255"
      })
  void aGpuThatFailsIsTakenOutAndTheStageRunsOnAnother(String fault) throws Exception {
    host.does(MadeUpGpus.ZERO, fault);
    GpuStages.Ran ran = run(host.found(), Operation.PC2);
    assertThat(text(ran, "on")).isEqualTo(MadeUpGpus.ONE);
    assertThat(ran.where())
        .startsWith(
            "on GPU 1 (Made Up B): GPU 0 (Made Up A) is taken out of service, pc2 failed: ");
    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("GPU 0 (Made Up A) is taken out of service");

    GpuStages.Ran afterARestart = run(host.found(), Operation.C2);
    assertThat(afterARestart.where()).isEqualTo("on GPU 1 (Made Up B)");
    assertThat(warnings).hasSize(1);
  }

  // Catches: a stage that is tried on one GPU alone.
  @Test
  void whereTwoGpusFailTheStageRunsOnTheCpu() throws Exception {
    host.fails(MadeUpGpus.ZERO, "Gpu");
    host.does(MadeUpGpus.ONE, "kill -SEGV $$");
    GpuStages.Ran ran = run(host.found(), Operation.PC2);
    assertThat(text(ran, "on")).isEmpty();
    assertThat(text(ran, "off")).isEqualTo("1");
    assertThat(ran.where())
        .startsWith(
            "on the CPU: GPU 0 (Made Up A) is taken out of service, pc2 failed: made up on GPU-0")
        .contains(
            "GPU 1 (Made Up B) is taken out of service, pc2 failed: The stage process was ended"
                + " by");
    assertThat(warnings).hasSize(2);

    GpuStages.Ran next = run(host.found(), Operation.PC2);
    assertThat(next.where())
        .startsWith("on the CPU: GPU 0 (Made Up A) is taken out of service: pc2 failed");
    assertThat(warnings).hasSize(3);
  }

  // Seen to fail: with a fallback that nothing can forbid.
  @Test
  void whereTheCpuIsForbiddenTheStageFailsForItsGpus() throws Exception {
    host.fails(MadeUpGpus.ZERO, "Gpu");
    host.fails(MadeUpGpus.ONE, "Gpu");
    CoreException failure =
        catchThrowableOfType(CoreException.class, () -> run(host.found(NO_CPU), Operation.PC2));
    assertThat(failure.code()).isEqualTo(CoreCode.GPU);
    assertThat(failure).hasMessageContainingAll("cpu_fallback", "made up on GPU-0", "GPU-1");
  }

  @Test
  void aProofThatDoesNotVerifyIsTheGpusFaultAndTheSectorsOnlyFromTheCpu() throws Exception {
    host.fails(MadeUpGpus.ZERO, "ProofInvalid");
    assertThat(text(run(host.found(), Operation.C2), "on")).isEqualTo(MadeUpGpus.ONE);
    host.fails(MadeUpGpus.ONE, "ProofInvalid");
    host.fails(MadeUpGpus.CPU, "ProofInvalid");
    CoreException failure =
        catchThrowableOfType(CoreException.class, () -> run(host.found(), Operation.C2));
    assertThat(failure.code()).isEqualTo(CoreCode.PROOF_INVALID);
    assertThat(failure).hasMessage("made up on cpu");
  }

  @Test
  void kernelsThatAStageCompiledAreKeptForTheNextUnlessItEndedBeforeItsTime() throws Exception {
    Path kernels = temp.resolve("scratch/reseal/gpus/" + MadeUpGpus.ZERO + "/home/kernels");
    host.does(MadeUpGpus.ZERO, "echo whole >> $HOME/kernels");
    run(host.found(), Operation.PC2);
    run(host.found(), Operation.PC2);
    assertThat(kernels).hasContent("whole\nwhole\n");
    host.does(MadeUpGpus.ZERO, "echo torn >> $HOME/kernels; kill -KILL $$");
    assertThatThrownBy(() -> run(host.found(), Operation.PC2))
        .isInstanceOf(StageDiedException.class);
    assertThat(kernels).doesNotExist();
  }

  // Catches: every failure on a GPU taken for the GPU's.
  @Test
  void whatIsNotTheGpusFaultTakesNoneOut() throws Exception {
    host.fails(MadeUpGpus.ZERO, "NoSpace");
    assertThatThrownBy(() -> run(host.found(), Operation.PC2)).isInstanceOf(CoreException.class);
    host.does(MadeUpGpus.ZERO, "kill -KILL $$");
    assertThatThrownBy(() -> run(host.found(), Operation.PC2))
        .isInstanceOf(StageDiedException.class);
    host.does(MadeUpGpus.ZERO, "");
    assertThat(run(host.found(), Operation.PC2).where()).isEqualTo("on GPU 0 (Made Up A)");
    assertThat(warnings).isEmpty();
  }

  // Seen to fail: with devices that choose the place and not the GPU.
  @Test
  void theFileChoosesAStagesGpusAndItsPlacesVariablesWin() throws Exception {
    String places =
        """
        [[processors.pc2]]
        devices = ["%s"]
        envs = { MINE = "yes", BELLMAN_NO_GPU = "maybe" }
        [[processors.pc2]]
        devices = [7]
        [[processors.c2]]
        devices = []
        """
            .formatted(MadeUpGpus.ONE);
    AllowedGpus gpus = host.found(places);
    GpuStages.Ran pc2 = run(gpus, Operation.PC2);
    assertThat(text(pc2, "on")).isEqualTo(MadeUpGpus.ONE);
    assertThat(text(pc2, "mine")).isEqualTo("yes");
    assertThat(text(pc2, "off")).isEqualTo("maybe");
    GpuStages.Ran c2 = run(gpus, Operation.C2);
    assertThat(text(c2, "on")).isEmpty();
    assertThat(c2.where()).isEmpty();
    assertThat(gpus.slots(Resource.PC2)).hasValue(1);
    assertThat(gpus.slots(Resource.C2)).isEmpty();
    assertThat(gpus.slots(Resource.SNAP_ENCODE)).hasValue(2);
    assertThat(gpus.slots(Resource.PC1)).isEmpty();
    assertThat(warnings).isEmpty();
  }

  // Seen to fail: with GPUs that are asked for at the start alone.
  @Test
  void aDriverThatIsMissingIsToldAndOneThatComesIsUsed() throws Exception {
    host.absent("libcuda.so.1 is not there");
    AllowedGpus gpus = host.found();
    GpuStages.Ran ran = run(gpus, Operation.PC2);
    assertThat(ran.where()).isEqualTo("on the CPU: there is no GPU: libcuda.so.1 is not there");
    assertThat(warnings)
        .containsExactly("pc2 runs on the CPU: there is no GPU: libcuda.so.1 is not there");
    assertThat(gpus.slots(Resource.PC2)).isEmpty();
    host.present("{\"index\":0,\"uuid\":\"GPU-2\",\"name\":\"New\",\"memory\":1}", "\"1\"", "null");
    assertThat(run(gpus, Operation.PC2).where()).isEqualTo("on GPU 0 (New)");
  }

  @Test
  void aCoreThatIsNotForGpusUsesNone() throws Exception {
    WorkerConfig config = host.config();
    AllowedGpus gpus =
        new AllowedGpus(
            config,
            Flavour.CPU,
            host.present(),
            () -> {
              throw new AssertionError("asked for GPUs");
            });
    assertThat(gpus.slots(Resource.PC2)).isEmpty();
    assertThat(run(gpus, Operation.PC2).where()).isEmpty();
  }

  private GpuStages.Ran run(AllowedGpus gpus, Operation operation) throws Exception {
    CoreRequest request = new CoreRequest(operation, new ObjectMapper().createObjectNode());
    return new GpuStages(gpus).run(request, new TestStage(host.program()));
  }

  private static String text(GpuStages.Ran ran, String field) {
    return ran.result().path(field).asText();
  }

  private final class TestStage implements GpuStages.Stage {

    private final StageProgram program;

    TestStage(StageProgram program) {
      this.program = program;
    }

    @Override
    public JsonNode run(CoreRequest request, Assignment assignment)
        throws CoreException, StageDiedException, IOException, InterruptedException {
      try (StageProcess process = program.start(request, assignment)) {
        return process.await(progress -> {});
      }
    }

    @Override
    public <T> T waiting(GpuStages.Wait<T> wait) throws IOException, InterruptedException {
      return wait.get();
    }

    @Override
    public void show(String line) {
      told.add(line);
    }

    @Override
    public void warn(String line) {
      warnings.add(line);
    }
  }
}
