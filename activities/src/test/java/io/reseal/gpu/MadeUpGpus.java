package io.reseal.gpu;

import io.reseal.config.Flavour;
import io.reseal.config.WorkerConfig;
import io.reseal.core.CoreFiles;
import io.reseal.core.HostGpus;
import io.reseal.core.StageProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * A host with two GPUs that are made up: its stage program is a script, which does on each GPU, and
 * on the CPU, what a test wants.
 */
final class MadeUpGpus {

  static final String ZERO = "GPU-00000000-aaaa";
  static final String ONE = "GPU-11111111-bbbb";
  static final String CPU = "cpu";

  private final Path temp;
  private final CoreFiles files;

  MadeUpGpus(Path temp) throws IOException {
    this.temp = temp;
    this.files = CoreFiles.of(temp.resolve("native"), Flavour.CUDA);
    Files.createDirectories(files.stageProgram().getParent());
    Files.createDirectories(temp.resolve("scratch"));
    Files.createDirectories(temp.resolve("store"));
    Files.createDirectories(temp.resolve("does"));
    script(
        """
        result="{\\"on\\":\\"$gpu\\",\\"visible\\":\\"$CUDA_VISIBLE_DEVICES\\",\\"memory\\":\\"$memory\\",\\"temp\\":\\"$TMPDIR\\",\\"off\\":\\"$BELLMAN_NO_GPU\\",\\"trees\\":\\"$FIL_PROOFS_USE_GPU_TREE_BUILDER\\",\\"mine\\":\\"$MINE\\",\\"pc2\\":\\"$RESEAL_PC2\\"}"
        echo "{\\"result\\":$result}"
        """);
    present(
        """
        {"index":0,"uuid":"%s","name":"Made Up A","memory":8589934592,"compute":"9.0","pci":"01:00.0"},
        {"index":1,"uuid":"%s","name":"Made Up B","memory":34359738368,"compute":"8.6","pci":null}"""
            .formatted(ZERO, ONE),
        "\"580.65\"",
        "null");
  }

  /** What the stage program does where nothing else is wanted. */
  void script(String usual) throws IOException {
    Files.writeString(
        files.stageProgram(),
        """
        #!/bin/bash
        read -r request
        case $request in *'"op":"gpus"'*) cat %1$s/gpus; exit;; esac
        gpu=$(sed -n 's/.*"gpu":{"uuid":"\\([^"]*\\)".*/\\1/p' <<< "$request")
        memory=$(sed -n 's/.*"memory":\\([0-9]*\\).*/\\1/p' <<< "$request")
        request=$(sed 's/,"gpu":{[^}]*}//' <<< "$request")
        does=%1$s/does/${gpu:-cpu}
        if [ -e $does ]; then . $does; fi
        """
                .formatted(temp)
            + usual);
    Files.setPosixFilePermissions(
        files.stageProgram(), PosixFilePermissions.fromString("rwx------"));
  }

  /** The driver tells of these. */
  void present(String gpus, String driver, String why) throws IOException {
    Files.writeString(
        temp.resolve("gpus"),
        "{\"result\":{\"driver\":%s,\"why\":%s,\"gpus\":[%s]}}\n"
            .formatted(driver, why, gpus.replace("\n", "")));
  }

  void absent(String why) throws IOException {
    present("", "null", '"' + why + '"');
  }

  /** A stage on that GPU, or the CPU, does this from now on. */
  void does(String where, String commands) throws IOException {
    Files.writeString(temp.resolve("does").resolve(where), commands + "\n");
  }

  void fails(String where, String code) throws IOException {
    does(
        where,
        "echo '{\"error\":{\"code\":\"%s\",\"message\":\"made up on %s\"}}'; exit 1"
            .formatted(code, where));
  }

  WorkerConfig config(String... more) throws IOException {
    Path file = temp.resolve("worker.toml");
    Files.writeString(
        file,
        """
        [worker]
        name = "host-a"
        [[sealing_thread]]
        location = "%1$s/scratch"
        plan = "rebuild"
        [[attached]]
        location = "%1$s/store"
        """
                .formatted(temp)
            + String.join("\n", more));
    return WorkerConfig.load(file);
  }

  /** The stage program as the host that was found last, or would be, runs it. */
  StageProgram program() throws IOException {
    WorkerConfig config = WorkerConfig.load(temp.resolve("worker.toml"));
    return new StageProgram(
        files.stageProgram(),
        files.stageProgram(),
        Map.of("MINE", "no"),
        config.processors(),
        AllowedGpus.withoutGpu(Flavour.CUDA, config.core().pc2()));
  }

  /** As a worker finds them that has just been started. */
  AllowedGpus found(String... more) throws IOException {
    return new AllowedGpus(config(more), Flavour.CUDA, present(), this::present);
  }

  HostGpus present() {
    return HostGpus.ask(files);
  }
}
