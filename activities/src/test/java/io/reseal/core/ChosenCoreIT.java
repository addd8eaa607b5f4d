package io.reseal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.config.Flavour;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which flavour is taken, in made-up directories: each has the real library, and a stage program
 * that answers what the test wants it to.
 */
@Timeout(60)
class ChosenCoreIT {

  private static final String TWO_GPUS =
      "{\"driver\":\"580.65.06\",\"why\":null,\"gpus\":[{\"index\":0,\"uuid\":\"GPU-1\",\"name\":\"NVIDIA"
          + " A\",\"memory\":25757220864,\"compute\":\"8.6\",\"pci\":\"0000:41:00.0\"},{\"index\":1,\"uuid\":\"GPU-2\",\"name\":\"NVIDIA"
          + " B\",\"memory\":85899345920,\"compute\":\"9.0\",\"pci\":\"0000:42:00.0\"}]}";
  private static final String NO_GPU =
      "{\"driver\":null,\"why\":\"libcuda.so.1 is not there\",\"gpus\":[]}";

  private final Path library = CoreFiles.anywhere(System.getenv()).library();

  @TempDir private Path dir;

  @Test
  void theBestFlavourThatLoadsIsTakenAndTheOthersAreExplained() throws IOException {
    put(Flavour.CPU, TWO_GPUS);
    put(Flavour.OPENCL, TWO_GPUS);
    put(Flavour.CUDA, TWO_GPUS);
    script(
        Flavour.CUDA_SUPRASEAL,
        "echo 'reseal-stage: error while loading shared libraries: libodd.so.1' >&2; exit 127");
    ChosenCore chosen = auto();
    assertThat(chosen.files().flavour()).isEqualTo(Flavour.CUDA);
    assertThat(chosen.others().keySet())
        .containsExactly(
            Flavour.CUDA_SUPRASEAL, Flavour.OPENCL, Flavour.CPU, Flavour.MULTICORE_SDR);
    assertThat(chosen.others().get(Flavour.CUDA_SUPRASEAL)).contains("libodd.so.1");
    assertThat(chosen.others().get(Flavour.OPENCL)).isEqualTo("cuda is better");
    assertThat(chosen.others().get(Flavour.MULTICORE_SDR)).contains("FLAVOUR=multicore-sdr");
    assertThat(chosen.gpus().gpus()).extracting(Gpu::uuid).containsExactly("GPU-1", "GPU-2");
    assertThat(String.join(" ", chosen.sentences()))
        .contains("flavour cuda runs", "GPU 1 is NVIDIA B (GPU-2, 80.0 GiB), driver 580.65.06.")
        .doesNotContain("..");
  }

  /** Fails where C2 cannot go on on the CPU by SupraSeal, or PC1 needs a driver to be started. */
  @Test
  void stagesWithoutAGpuAreTheFlavourCpusWhereItIsBesideInTheSameVersion() throws IOException {
    put(Flavour.CUDA_SUPRASEAL, TWO_GPUS);
    assertThat(auto().withoutGpu()).isEqualTo(auto().files().stageProgram());
    assertThat(auto().provesWithoutGpu()).isFalse();
    put(Flavour.CPU, TWO_GPUS);
    assertThat(auto().withoutGpu()).isEqualTo(CoreFiles.of(dir, Flavour.CPU).stageProgram());
    assertThat(auto().provesWithoutGpu()).isTrue();
    String older = answers("cpu\",\"version\":\"0", TWO_GPUS);
    script(Flavour.CPU, older);
    assertThat(auto().withoutGpu()).isEqualTo(auto().files().stageProgram());
  }

  /** Else a host whose GPU is gone would seal on the CPU by way of a GPU's builders. */
  @Test
  void aFlavourForGpusIsNotTakenWhereThereIsNone() throws IOException {
    put(Flavour.CPU, NO_GPU);
    put(Flavour.CUDA, NO_GPU);
    put(Flavour.OPENCL, NO_GPU);
    ChosenCore chosen = auto();
    assertThat(chosen.files().flavour()).isEqualTo(Flavour.CPU);
    assertThat(chosen.others().get(Flavour.CUDA))
        .isEqualTo("there is no GPU: libcuda.so.1 is not there");
    assertThat(chosen.others().get(Flavour.OPENCL)).contains("there is no GPU");
  }

  @Test
  void aConfiguredFlavourIsTakenWhateverElseIsThere() throws IOException {
    put(Flavour.CPU, NO_GPU);
    put(Flavour.OPENCL, NO_GPU);
    ChosenCore chosen = choose(Optional.of(Flavour.OPENCL));
    assertThat(chosen.files().flavour()).isEqualTo(Flavour.OPENCL);
    assertThat(chosen.others().get(Flavour.CPU)).contains("asks for opencl");
  }

  @Test
  void aConfiguredFlavourThatDoesNotLoadIsAnErrorThatSaysWhatIsMissing() throws IOException {
    put(Flavour.CPU, NO_GPU);
    assertThatThrownBy(() -> choose(Optional.of(Flavour.CUDA)))
        .isInstanceOf(CoreNotFoundException.class)
        .hasMessageContainingAll("`[native] flavour` is cuda", "make native FLAVOUR=cuda");
    script(
        Flavour.CUDA,
        "echo 'error while loading shared libraries: libcuda.so.1: cannot open shared object file'"
            + " >&2; exit 127");
    assertThatThrownBy(() -> choose(Optional.of(Flavour.CUDA)))
        .isInstanceOf(CoreNotFoundException.class)
        .hasMessageContainingAll("`[native] flavour` is cuda", "libcuda.so.1");
  }

  /** A program that was put into another flavour's folder would be shown as what it is not. */
  @Test
  void aFolderWithAnotherFlavourIsNotTaken() throws IOException {
    put(Flavour.CPU, TWO_GPUS);
    script(Flavour.CUDA, answers("cpu", TWO_GPUS));
    assertThat(auto().others().get(Flavour.CUDA)).contains("has the flavour cpu");
  }

  @Test
  void aLibraryThatDoesNotLoadIsNotTaken() throws IOException {
    put(Flavour.CPU, TWO_GPUS);
    put(Flavour.CUDA, TWO_GPUS);
    Files.delete(CoreFiles.of(dir, Flavour.CUDA).library());
    Files.writeString(CoreFiles.of(dir, Flavour.CUDA).library(), "no library");
    ChosenCore chosen = auto();
    assertThat(chosen.files().flavour()).isEqualTo(Flavour.CPU);
    assertThat(chosen.others().get(Flavour.CUDA)).contains("cannot be loaded");
  }

  /** Fails, by its time limit, where the worker waits for the driver itself. */
  @Test
  void aDriverThatHangsIsNotWaitedFor() throws IOException {
    put(Flavour.CPU, NO_GPU);
    script(
        Flavour.CPU,
        "case $request in *gpus*) exec sleep 600;; esac; "
            + answers(Flavour.CPU.toString(), NO_GPU));
    ChosenCore chosen =
        ChosenCore.choose(dir, Optional.empty(), new CoreProbe(Map.of(), Duration.ofSeconds(1)));
    assertThat(chosen.files().flavour()).isEqualTo(Flavour.CPU);
    assertThat(chosen.gpus().why())
        .hasValueSatisfying(why -> assertThat(why).contains("may be hanging"));
  }

  @Test
  void aDriverThatEndsItsProcessIsAReason() throws IOException {
    put(Flavour.CPU, NO_GPU);
    script(
        Flavour.CPU,
        "case $request in *gpus*) kill -SEGV $$;; esac; "
            + answers(Flavour.CPU.toString(), NO_GPU));
    assertThat(auto().gpus().why())
        .hasValueSatisfying(why -> assertThat(why).contains("ended by signal 11"));
  }

  @Test
  void whereNoFlavourCanBeUsedEachSaysWhy() throws IOException {
    script(Flavour.CPU, "echo 'Illegal odd thing' >&2; exit 1");
    assertThatThrownBy(this::auto)
        .isInstanceOf(CoreNotFoundException.class)
        .hasMessageContainingAll(dir.toString(), "Not cpu: ", "Illegal odd thing", "Not cuda: ");
  }

  /** The built core, and the driver of this machine, whatever it is. */
  @Test
  void theBuiltCoreIsChosen() {
    ChosenCore chosen = ChosenCore.choose(Optional.empty(), System.getenv());
    assertThat(chosen.files().areThere()).isTrue();
    assertThat(chosen.others()).hasSize(Flavour.values().length - 1);
  }

  private ChosenCore auto() {
    return choose(Optional.empty());
  }

  private ChosenCore choose(Optional<Flavour> configured) {
    return ChosenCore.choose(dir, configured, new CoreProbe(Map.of()));
  }

  private void put(Flavour flavour, String gpus) throws IOException {
    script(flavour, answers(flavour.toString(), gpus));
  }

  private static String answers(String flavour, String gpus) {
    return "case $request in *gpus*) echo '{\"result\":%s}';; *) echo '{\"result\":{\"flavour\":\"%s\"}}';; esac"
        .formatted(gpus, flavour);
  }

  private void script(Flavour flavour, String line) throws IOException {
    CoreFiles files = CoreFiles.of(dir, flavour);
    Files.createDirectories(files.library().getParent());
    if (!Files.exists(files.library())) {
      Files.copy(library, files.library());
    }
    Files.writeString(files.stageProgram(), "#!/bin/bash\nread -r request\n" + line + "\n");
    Files.setPosixFilePermissions(
        files.stageProgram(), PosixFilePermissions.fromString("rwx------"));
  }
}
