package io.reseal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.config.Flavour;
import io.reseal.sector.Commitment;
import io.reseal.sector.PAux;
import io.reseal.sector.SealProof;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The built core through both of its doors: the library in this process, the stage program. */
@Timeout(60)
class CoreIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final CoreFiles files = CoreFiles.anywhere(System.getenv());
  private final StageProgram program = new StageProgram(files.stageProgram(), Map.of());

  @TempDir private Path temp;

  @Test
  void everyErrorCodeOfTheLibraryHasItsNameAndNumberHere() throws Exception {
    Map<String, Integer> theirs = new TreeMap<>();
    NativeCore.load(files)
        .describe()
        .path("error_codes")
        .properties()
        .forEach(code -> theirs.put(code.getKey(), code.getValue().asInt()));
    Map<String, Integer> ours = new TreeMap<>();
    Arrays.stream(CoreCode.values()).forEach(code -> ours.put(code.toString(), code.number()));
    assertThat(ours).isEqualTo(theirs);
  }

  @Test
  void theEmptySectorHasTheKnownCommD() throws Exception {
    assertThat(NativeCore.load(files).commD(SealProof.KIB_2_V1_1, List.of()))
        .isEqualTo(
            new Commitment("fc7e928296e516faade986b28f92d44a4f24b935485223376a799027bc18f833"));
  }

  /** Catches: an error for what cannot be roots, which would stop a reader of many files. */
  @Test
  void rootsThatAreNoFieldElementsGiveNoCommR() throws Exception {
    NativeCore core = NativeCore.load(files);
    Commitment one = new Commitment("01".repeat(32));
    assertThat(core.commR(new PAux(one, one))).isPresent();
    assertThat(core.commR(new PAux(one, new Commitment("ff".repeat(32))))).isEmpty();
  }

  @Test
  void anUnknownOperationIsAnInvalidRequestThroughBothDoors() throws Exception {
    NativeCore core = NativeCore.load(files);
    CoreException ofLibrary =
        catchThrowableOfType(
            CoreException.class, () -> core.call("nonsense", JSON.createObjectNode()));
    assertThat(ofLibrary.code()).isEqualTo(CoreCode.INVALID_REQUEST);
    CoreException ofProgram = catchThrowableOfType(CoreException.class, this::runNonsense);
    assertThat(ofProgram.code()).isEqualTo(CoreCode.INVALID_REQUEST);
    assertThat(ofProgram.getMessage()).contains("nonsense");
  }

  @Test
  void aStageTellsItsProgressAndItsResult() throws Exception {
    ObjectNode request =
        JSON.createObjectNode()
            .put("proof", SealProof.KIB_2_V1_1.registeredName())
            .put("unsealed", temp.resolve("unsealed").toString());
    request.putArray("pieces");
    List<StageProgress> progress = new ArrayList<>();
    JsonNode result;
    try (StageProcess process = program.start(new CoreRequest(Operation.ADD_PIECES, request))) {
      result = process.await(progress::add);
    }
    assertThat(result.path("comm_d").asText()).startsWith("fc7e9282");
    assertThat(progress).last().extracting(StageProgress::done).isEqualTo(2048L);
  }

  @Test
  void aMissingFileIsAPieceMissing() {
    CoreException error =
        catchThrowableOfType(
            CoreException.class,
            () ->
                run(
                    new CoreRequest(
                        Operation.PIECE_COMMITMENT,
                        JSON.createObjectNode().put("file", temp.resolve("none").toString()))));
    assertThat(error.code()).isEqualTo(CoreCode.PIECE_MISSING);
    assertThat(error.getMessage()).contains(temp.resolve("none").toString());
  }

  @Test
  void aTextFileInsteadOfTheLibraryIsRefusedByName() throws IOException {
    Path library = Files.writeString(temp.resolve("libreseal_core.so"), "no library");
    assertThatThrownBy(
            () -> NativeCore.load(new CoreFiles(Flavour.CPU, library, files.stageProgram())))
        .isInstanceOf(CoreNotFoundException.class)
        .hasMessageContainingAll(library.toString(), "cannot be loaded");
  }

  @Test
  void aLibraryOfAnotherAbiIsRefusedWithBothVersions() throws Exception {
    Path source =
        Files.writeString(
            temp.resolve("other.c"),
            """
            const char *reseal_cpu_missing(void) { return ""; }
            int reseal_abi_version(void) { return 77; }
            """);
    Path library = temp.resolve("libother.so");
    Process compiler =
        new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString())
            .inheritIO()
            .start();
    assertThat(compiler.waitFor()).isZero();
    assertThatThrownBy(
            () -> NativeCore.load(new CoreFiles(Flavour.CPU, library, files.stageProgram())))
        .isInstanceOf(CoreNotFoundException.class)
        .hasMessageContainingAll("77", Integer.toString(NativeCore.ABI_VERSION), "one checkout");
  }

  @Test
  void aCpuThatLacksInstructionsIsToldWhich() throws Exception {
    assertThat(load("1", "-Dnothing", Map.of("RESEAL_CPU_WITHOUT", "sha_ni")))
        .singleElement(STRING)
        .contains("This CPU lacks", "sha_ni");
  }

  // Catches: a worker on a full disk that ends with a stack trace, because each further attempt
  // fails in another way than the first one.
  @Test
  void whereNothingCanBeUnpackedEachAttemptSaysWhy() throws Exception {
    Path full = temp.resolve("full");
    Files.createFile(full);

    assertThat(load("2", "-Djna.tmpdir=" + full, Map.of()))
        .hasSize(2)
        .allSatisfy(
            said ->
                assertThat(said)
                    .contains(
                        "native core", "cannot be loaded", "Failed to create temporary file"));
  }

  /** What a process says that loads the core so many times. */
  private static List<String> load(String times, String option, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            option,
            "-cp",
            System.getProperty("java.class.path"),
            LoadCore.class.getName(),
            times);
    builder.environment().putAll(environment);
    builder.environment().remove("JDK_JAVA_OPTIONS");
    Process process = builder.redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .toList();
  }

  @Test
  void whereNoCoreIsItSaysWhereItLookedAndWhatBuildsIt() {
    assertThatThrownBy(() -> CoreFiles.anywhere(Map.of(CoreFiles.ENVIRONMENT, temp.toString())))
        .isInstanceOf(CoreNotFoundException.class)
        .hasMessageContainingAll(temp.toString(), "make native");
    assertThatThrownBy(() -> CoreFiles.anywhere(Map.of()))
        .isInstanceOf(CoreNotFoundException.class)
        .hasMessageContaining("RESEAL_NATIVE");
  }

  /** Of the class's requests each has an operation; this one is written by hand. */
  private void runNonsense() throws Exception {
    Process process = new ProcessBuilder(files.stageProgram().toString()).start();
    ObjectNode request = JSON.createObjectNode().put("op", "nonsense");
    try (StageProcess stage = new StageProcess(process, request, () -> {})) {
      stage.await(progress -> {});
    }
  }

  private JsonNode run(CoreRequest request) throws Exception {
    try (StageProcess process = program.start(request)) {
      return process.await(progress -> {});
    }
  }
}
