package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.core.CoreFiles;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.standin.Directories;
import io.reseal.up.TestPorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host's GPUs fail in the middle of PC2. They are made up: the host's stage program is a script
 * over the real one, which computes on the CPU.
 */
@ExtendWith(FleetExtension.class)
@Timeout(600)
class GpuIT {

  private static final String ZERO = "GPU-00000000-aaaa";
  private static final String ONE = "GPU-11111111-bbbb";

  private final Fleet fleet;
  private final Lab lab;
  private final Ask ask;
  private final Runs runs;
  private final int metricsPort = TestPorts.free().ui();
  private String before;

  @TempDir private Path temp;

  GpuIT(Fleet fleet, Lab lab, Ask ask, Runs runs) {
    this.fleet = fleet;
    this.lab = lab;
    this.ask = ask;
    this.runs = runs;
  }

  @BeforeEach
  void oneHostHasTwoGpusAndTheOtherIsPaused() throws IOException {
    before = Files.readString(fleet.workerFile());
    Path real = Path.of(System.getenv(CoreFiles.ENVIRONMENT)).toAbsolutePath().resolve("cpu");
    Path cuda = Files.createDirectories(temp.resolve("native/cuda"));
    Files.copy(real.resolve("libreseal_core.so"), cuda.resolve("libreseal_core.so"));
    Path program = cuda.resolve("reseal-stage");
    Files.writeString(
        program,
        """
        #!/bin/bash
        read -r request
        gpu=$(sed -n 's/.*"gpu":{"uuid":"\\([^"]*\\)".*/\\1/p' <<< "$request")
        case $request in
        *'"op":"gpus"'*)
          echo '{"result":{"driver":"580.65","why":null,"gpus":[
          {"index":0,"uuid":"%2$s","name":"Made Up A","memory":8589934592,"compute":"9.0","pci":"01:00.0"},
          {"index":1,"uuid":"%3$s","name":"Made Up B","memory":8589934592,"compute":"9.0","pci":"02:00.0"}]}}' | tr -d '\\n'
          exit ;;
        *'"op":"describe"'*) echo '{"result":{"flavour":"cuda"}}'; exit ;;
        *'"op":"pc2"'*)
          if [ -e %4$s/breaks-$gpu ]; then
            echo '{"progress":{"done":1,"total":4,"unit":"steps","text":"hashing columns"}}'
            kill -SEGV $$
          fi ;;
        esac
        request=$(sed 's/,"gpu":{[^}]*}//' <<< "$request")
        exec %1$s/reseal-stage < <(printf '%%s\\n' "$request"; exec cat 2>/dev/null)
        """
            .formatted(real, ZERO, ONE, temp));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(ask.reseal("util", "worker", "pause", Fleet.HOST_B, "0").status()).isZero();
    restart(before);
  }

  @AfterEach
  void asBefore() throws IOException {
    restart(null);
    Path marks = fleet.scratch(Fleet.HOST_A).resolve("reseal/gpus");
    if (Files.exists(marks)) {
      Directories.remove(marks);
    }
    ask.reseal("util", "worker", "resume", Fleet.HOST_B, "0");
    ask.reseal("util", "worker", "resume", Fleet.HOST_A, "0");
    Await.until("no thread is paused", () -> !fleet.thread(Fleet.HOST_B).paused());
  }

  /** The worker with that text, the made-up core and metrics; null for what it had before. */
  private void restart(String text) throws IOException {
    fleet.worker(Fleet.HOST_A).terminate(Await.LIMIT);
    String dir = "dir = \"" + temp.resolve("native") + "\"";
    Files.writeString(
        fleet.workerFile(),
        text == null
            ? before
            : text.replaceFirst("(?m)^# dir = .*$|(?m)^dir = .*$", dir)
                // Without parameters a self-test proves nothing, which would take a minute.
                .replaceFirst(
                    "(?m)^parameter_cache = .*$",
                    "parameter_cache = \"" + Files.createDirectories(temp.resolve("none")) + "\"")
                .replaceFirst("(?s)(\\[metrics\\].*?)# enable = [^\\n]*", "$1enable = true")
                .replaceFirst(
                    "(?m)^# http_listen = .*$",
                    "http_listen = \"127.0.0.1:%d\"".formatted(metricsPort)));
    fleet.startWorker(Fleet.HOST_A);
  }

  // Catches: a stage that is tried again on the GPU that failed, a mark that a restart loses.
  @Test
  void whereAGpuFailsAnotherOneOrTheCpuDoesItAndTheFailedOneStaysOut() throws Exception {
    breaks(ZERO);
    LostSector first = lab.lose(SealProof.KIB_2_V1_1);
    ask.rebuild(first);
    RunRecord run = runs.awaitState(first, RebuildState.FINISHED);
    assertThat(run.host()).isEqualTo(Fleet.HOST_A);
    assertThat(pc2(first))
        .contains(", on GPU 1 (Made Up B): GPU 0 (Made Up A) is taken out of service, pc2 failed: ")
        .contains("signal 11");
    seenFromAfar();
    measured();

    fleet.worker(Fleet.HOST_A).terminate(Await.LIMIT);
    fleet.startWorker(Fleet.HOST_A);
    assertThat(gpus().get(0).path("state").asText()).isEqualTo("out");
    assertThat(gpus().get(0).path("why").asText()).startsWith("pc2 failed: ");
    assertThat(gpus().get(1).path("state").asText()).isEqualTo("free");

    breaks(ONE);
    LostSector second = lab.lose(SealProof.KIB_2_V1_1);
    ask.rebuild(second);
    assertThat(runs.awaitState(second, RebuildState.FINISHED).attempts()).isEqualTo(run.attempts());
    assertThat(pc2(second))
        .contains(", on the CPU: GPU 1 (Made Up B) is taken out of service, pc2 failed: ");

    Files.delete(temp.resolve("breaks-" + ZERO));
    assertThat(gpu("resume", "--device", "0").out())
        .isEqualToIgnoringNewLines("GPU 0 (Made Up A) is back in service.");
    assertThat(gpu("resume", "--device", "0").status()).isEqualTo(4);
    assertThat(gpu("test", "--device", ONE).status()).isEqualTo(1);
    assertThat(gpu("test", "--device", "0").out()).contains("passed");
    LostSector third = lab.lose(SealProof.KIB_2_V1_1);
    ask.rebuild(third);
    runs.awaitState(third, RebuildState.FINISHED);
    assertThat(pc2(third)).endsWith(", on GPU 0 (Made Up A)");
  }

  // Catches: a report that tells of the GPUs as they were at the worker's start.
  private void seenFromAfar() {
    String out = "GPU 0: Made Up A, %s, 8 GiB, taken out: pc2 failed: ".formatted(ZERO);
    Await.until("the host has reported its GPU", () -> hostInfo().contains(out));
    assertThat(hostInfo())
        .contains("core: cuda, driver 580.65", "not cpu: it is not in ")
        .contains("GPU 1: Made Up B, %s, 8 GiB, free".formatted(ONE));
  }

  private String hostInfo() {
    return ask.reseal("util", "worker", "info", Fleet.HOST_A).out();
  }

  // Catches: metrics that a worker does not wire to what they are about.
  private void measured() {
    assertThat(metrics())
        .contains("reseal_core_flavour{flavour=\"cuda\",why=\"\"} 1.0")
        .contains(stateOf("0", "A", "out", ZERO), stateOf("1", "B", "free", ONE))
        .contains(
            "reseal_gpu_faults_total{index=\"0\",name=\"Made Up A\",stage=\"pc2\",uuid=\"%s\"} 1.0"
                .formatted(ZERO))
        .anyMatch(line -> line.startsWith("reseal_core_info{flavour=\"cuda\",proofs=\"19."))
        .anyMatch(line -> line.startsWith("reseal_sealing_threads{state=\"Empty\"}"))
        .anyMatch(line -> line.startsWith("reseal_step_seconds_bucket{proof="))
        .anyMatch(line -> line.startsWith("reseal_restored_bytes_total{proof="))
        .anyMatch(line -> line.startsWith("hikaricp_connections_usage_seconds_count{"));
    Await.until(
        "Temporal's code has told what it measured",
        () ->
            metrics().stream()
                .anyMatch(line -> line.startsWith("temporal_worker_task_slots_available{")));
    Await.until(
        "the catalog has been read for losses",
        () ->
            metrics().stream()
                .anyMatch(line -> line.startsWith("reseal_fleet_read_timestamp_seconds ")));
  }

  private static String stateOf(String index, String letter, String state, String uuid) {
    return "reseal_gpu_state{index=\"%s\",name=\"Made Up %s\",state=\"%s\",uuid=\"%s\"} 1.0"
        .formatted(index, letter, state, uuid);
  }

  private List<String> metrics() {
    URI address = URI.create("http://127.0.0.1:%d/metrics".formatted(metricsPort));
    try (InputStream answer = address.toURL().openStream()) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Catches: a fallback that nothing can forbid.
  @Test
  void whereTheCpuIsForbiddenTheThreadIsLeftForItsGpus() throws Exception {
    restart(before.replaceFirst("(?m)^# cpu_fallback = .*$", "cpu_fallback = false"));
    breaks(ZERO);
    breaks(ONE);
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1);
    ask.rebuild(sector);
    Await.until(
        "the thread is marked",
        () -> {
          String error = fleet.thread(Fleet.HOST_A).lastErr();
          return error != null && error.startsWith("Host.Gpu: No GPU is left");
        });
    assertThat(runs.run(sector).orElseThrow().state()).isNotEqualTo(RebuildState.FINISHED);
    Ask.Answer doctor = ask.reseal("doctor", "-c", fleet.workerFile().toString());
    assertThat(doctor.out()).contains("GPU 0").contains("reseal gpu test --device 1");
  }

  private void breaks(String uuid) throws IOException {
    Files.writeString(temp.resolve("breaks-" + uuid), "");
  }

  private String pc2(LostSector sector) {
    return runs.changes(sector).stream()
        .filter(change -> change.step().equals("PC2"))
        .map(StateChange::note)
        .findFirst()
        .orElseThrow();
  }

  private JsonNode gpus() throws IOException {
    return new ObjectMapper().readTree(gpu("list", "--output", "json").out());
  }

  private Ask.Answer gpu(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "gpu";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[all.length - 2] = "-c";
    all[all.length - 1] = fleet.workerFile().toString();
    return ask.reseal(all);
  }
}
