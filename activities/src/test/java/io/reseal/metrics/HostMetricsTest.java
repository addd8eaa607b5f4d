package io.reseal.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.reseal.config.ConfigException;
import io.reseal.config.Flavour;
import io.reseal.config.WorkerConfig;
import io.reseal.contract.HoldRequest;
import io.reseal.core.Assignment;
import io.reseal.core.ChosenCore;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.CoreFiles;
import io.reseal.core.CoreRequest;
import io.reseal.core.Gpu;
import io.reseal.core.HostGpus;
import io.reseal.core.Operation;
import io.reseal.files.StoreStatus;
import io.reseal.gpu.AllowedGpus;
import io.reseal.gpu.GpuDirectory;
import io.reseal.gpu.GpuStages;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.threads.SealingThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What monitoring reads of a host with two GPUs and three sealing threads. */
@Timeout(60)
class HostMetricsTest {

  private static final List<StoreStatus> STORES =
      List.of(
          new StoreStatus("good", "/mnt/a", false, null, 5000, 0),
          new StoreStatus("bad", "/mnt/b", false, "/mnt/b has no identity", 0, 70));

  private static final Gpu ZERO = new Gpu(0, "GPU-0", "Made Up A", 8L << 30, "9.0", "01:00.0");
  private static final Gpu ONE = new Gpu(1, "GPU-1", "Made Up B", 4L << 30, "8.6", null);
  private static final String ON_ZERO = "index=\"0\",name=\"Made Up A\",";
  private static final String ON_ONE = "index=\"1\",name=\"Made Up B\",";

  @TempDir private Path temp;

  private WorkerConfig config;
  private AllowedGpus gpus;
  private SealingThreads threads;
  private WorkerMetrics metrics;

  @BeforeEach
  void aHostThatServesItsMetrics() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      config = config(free.getLocalPort());
    }
    HostGpus present = new HostGpus(Optional.of("580.65"), Optional.empty(), List.of(ZERO, ONE));
    gpus = new AllowedGpus(config, Flavour.CUDA, present, () -> present);
    threads =
        new SealingThreads(
            config,
            (sector, thread) -> true,
            null,
            Duration.ofMinutes(30),
            InstantSource.system(),
            () -> {});
    threads.restore();
    Map<Flavour, String> others = new EnumMap<>(Flavour.class);
    others.put(Flavour.OPENCL, "it says \"no\"");
    CoreFiles files = CoreFiles.of(temp, Flavour.CUDA);
    ChosenCore core = new ChosenCore(files, files.stageProgram(), null, others, present);
    JsonNode described =
        new ObjectMapper().readTree("{\"version\":\"0.1.0\",\"proofs\":\"19.1.0\"}");
    metrics = new WorkerMetrics();
    metrics.add(
        new HostMetrics(
            core, described, gpus, threads, () -> STORES, () -> Optional.of(Map.of("bad", 3L))));
    metrics.serve(config);
  }

  @AfterEach
  void close() throws Exception {
    metrics.close();
  }

  // Seen to fail: with a flavour that runs shown as one that does not.
  @Test
  void theCoreIsToldWithItsVersionsAndWhyItIsNoOther() throws Exception {
    assertThat(scrape())
        .contains(
            "reseal_core_info{flavour=\"cuda\",proofs=\"19.1.0\",version=\"0.1.0\"} 1",
            "reseal_core_flavour{flavour=\"cuda\",why=\"\"} 1.0",
            "reseal_core_flavour{flavour=\"opencl\",why=\"it says \\\"no\\\"\"} 0.0");
  }

  // Seen to fail: with states that are read when the worker starts.
  @Test
  void aGpuThatFailsIsOutAndItsFaultIsCountedUntilItIsPutBack() throws Exception {
    assertThat(scrape())
        .contains(
            "reseal_gpu_info{compute=\"9.0\",driver=\"580.65\","
                + ON_ZERO
                + "pci=\"01:00.0\",uuid=\"GPU-0\"} 1",
            "reseal_gpu_memory_bytes{" + ON_ONE + "uuid=\"GPU-1\"} 4.294967296E9",
            state(ON_ZERO, "GPU-0", "free", 1),
            state(ON_ZERO, "GPU-0", "out", 0),
            faults(ON_ZERO, "GPU-0", 0));

    GpuStages.Ran ran = new GpuStages(gpus).run(request(Operation.PC2), new FailsOnZero());

    assertThat(ran.where()).startsWith("on GPU 1");
    assertThat(scrape())
        .contains(
            state(ON_ZERO, "GPU-0", "free", 0),
            state(ON_ZERO, "GPU-0", "out", 1),
            state(ON_ONE, "GPU-1", "free", 1),
            faults(ON_ZERO, "GPU-0", 1),
            faults(ON_ONE, "GPU-1", 0));

    GpuDirectory.of(config, ZERO).unmark();
    assertThat(scrape()).contains(state(ON_ZERO, "GPU-0", "free", 1), faults(ON_ZERO, "GPU-0", 1));
  }

  @Test
  void aGpuThatAStageHasIsUsed() throws Exception {
    List<String> during =
        new GpuStages(gpus)
            .run(request(Operation.C2), new Looks())
            .result()
            .findValuesAsText("line");
    assertThat(during)
        .contains(state(ON_ZERO, "GPU-0", "used", 1), state(ON_ONE, "GPU-1", "used", 0));
    assertThat(scrape()).contains(state(ON_ZERO, "GPU-0", "used", 0));
  }

  @Test
  void sealingThreadsAreCountedByStateAndByWhatKeepsThemFromWork() throws Exception {
    threads.take(
        new HoldRequest(
            new SectorId(1001, 1),
            SealProof.KIB_2_V1_1,
            null,
            0,
            Duration.ofSeconds(1),
            false,
            null),
        null,
        null);
    threads.pause(1, "anne", false);
    threads.faulted(threads.all().get(2), "Host.Disk: it is worn out");
    assertThat(scrape())
        .contains(
            "reseal_sealing_threads{state=\"Allocated\"} 1.0",
            "reseal_sealing_threads{state=\"Empty\"} 2.0",
            "reseal_sealing_threads{state=\"PC1Done\"} 0.0",
            "reseal_sealing_threads_paused 1.0",
            "reseal_sealing_threads_marked 1.0");
  }

  // Catches: a store that is not mounted and that no metric shows.
  @Test
  void storesAreShownWithWhetherTheyAreUsed() throws Exception {
    assertThat(scrape())
        .contains(
            "reseal_store_usable{store=\"good\"} 1.0",
            "reseal_store_usable{store=\"bad\"} 0.0",
            "reseal_store_free_bytes{store=\"good\"} 5000.0",
            "reseal_store_incoming_bytes{store=\"bad\"} 70.0",
            "reseal_store_damaged_copies{store=\"bad\"} 3.0");
  }

  @Test
  void theJavaMachineTellsOfItselfToo() throws Exception {
    assertThat(scrape()).anyMatch(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""));
  }

  // Seen to fail: with Temporal's own bounds, of which there are many and none fits a step.
  @Test
  void whatTemporalMeasuresHasBoundsForCallsAndForStepsOfHours() throws Exception {
    metrics
        .temporal()
        .timer("temporal_activity_execution_latency")
        .record(com.uber.m3.util.Duration.ofHours(4));
    String bucket = "temporal_activity_execution_latency_seconds_bucket{le=";
    assertThat(scrape().stream().filter(line -> line.startsWith(bucket)))
        .hasSize(10)
        .contains(bucket + "\"3600.0\"} 0", bucket + "\"21600.0\"} 1", bucket + "\"+Inf\"} 1");
  }

  // Catches: a worker that runs without the metrics that its file asks for.
  @Test
  void anAddressThatAnotherProgramHasIsRefusedByTheNameOfItsKey() throws Exception {
    try (WorkerMetrics second = new WorkerMetrics()) {
      assertThatThrownBy(() -> second.serve(config))
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith("`metrics.http_listen` in " + config.file())
          .hasMessageContaining(config.metrics().orElseThrow().toString());
    }
  }

  private List<String> scrape() throws IOException, InterruptedException {
    URI address = URI.create("http://%s/metrics".formatted(config.metrics().orElseThrow()));
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body().lines().toList();
  }

  private static String state(String gpu, String uuid, String state, int value) {
    return "reseal_gpu_state{%sstate=\"%s\",uuid=\"%s\"} %d.0".formatted(gpu, state, uuid, value);
  }

  private static String faults(String gpu, String uuid, int count) {
    return "reseal_gpu_faults_total{%sstage=\"pc2\",uuid=\"%s\"} %d.0".formatted(gpu, uuid, count);
  }

  private WorkerConfig config(int port) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String name : List.of("a", "b", "c")) {
      text.append(
          "[[sealing_thread]]\nlocation = \"%s\"\nplan = \"rebuild\"\n"
              .formatted(Files.createDirectories(temp.resolve(name))));
    }
    return WorkerConfig.load(
        Files.writeString(
            temp.resolve("worker.toml"),
            text
                + """
                [worker]
                name = "host-a"
                [[attached]]
                location = "%s"
                [metrics]
                enable = true
                http_listen = "127.0.0.1:%d"
                """
                    .formatted(Files.createDirectories(temp.resolve("store")), port)));
  }

  /** A stage on a GPU that takes no time. */
  private abstract static class Quick implements GpuStages.Stage {

    @Override
    public <T> T waiting(GpuStages.Wait<T> wait) throws IOException, InterruptedException {
      return wait.get();
    }

    @Override
    public void show(String line) {}

    @Override
    public void warn(String line) {}
  }

  private static CoreRequest request(Operation operation) {
    return new CoreRequest(operation, JsonNodeFactory.instance.objectNode());
  }

  private static final class FailsOnZero extends Quick {

    @Override
    public JsonNode run(CoreRequest request, Assignment assignment) throws CoreException {
      if (assignment.toString().contains(ZERO.uuid())) {
        throw new CoreException(CoreCode.GPU, "made up");
      }
      return new ObjectMapper().createObjectNode();
    }
  }

  private final class Looks extends Quick {

    @Override
    public JsonNode run(CoreRequest request, Assignment assignment)
        throws IOException, InterruptedException {
      var lines = new ObjectMapper().createArrayNode();
      scrape().forEach(line -> lines.addObject().put("line", line));
      return lines;
    }
  }
}
