package io.reseal.doctor;

import io.reseal.config.ByteSizes;
import io.reseal.config.WorkerConfig;
import io.reseal.core.HostGpus;
import io.reseal.gpu.AllowedGpus;
import io.reseal.gpu.GpuState;
import java.util.ArrayList;
import java.util.List;

/** Checks the GPUs of a host whose core is built for GPUs. */
final class GpuCheck {

  private static final String SUBJECT = "GPUs";

  private final WorkerConfig config;
  private final HostGpus present;
  private final List<GpuState> states;

  /**
   * @param present the GPUs of this host
   * @param states the state of each
   */
  GpuCheck(WorkerConfig config, HostGpus present, List<GpuState> states) {
    this.config = config;
    this.present = present;
    this.states = states;
  }

  List<CheckResult> examine() {
    List<CheckResult> findings = new ArrayList<>();
    if (present.gpus().isEmpty()) {
      findings.add(none());
    }
    states.forEach(state -> findings.add(of(state)));
    AllowedGpus.missing(config, present)
        .forEach(sentence -> findings.add(CheckResult.warning(SUBJECT, sentence)));
    return findings;
  }

  private CheckResult none() {
    String why = "there is none: " + present.why().orElse("the driver lists none");
    return config.gpu().cpuFallback()
        ? CheckResult.warning(SUBJECT, why + "; PC2 and C2 run on the CPU")
        : CheckResult.problem(
            SUBJECT, why + "; `gpu.cpu_fallback` is false, so nothing can be sealed here");
  }

  private static CheckResult of(GpuState state) {
    String subject = "GPU " + state.index();
    String text =
        "%s, %s, %s".formatted(state.name(), ByteSizes.text(state.memory()), state.uuid());
    return state.state() == GpuState.State.out
        ? CheckResult.warning(
            subject,
            "%s: out of service, %s; fix that, then run reseal gpu test --device %d"
                .formatted(text, state.why(), state.index()))
        : CheckResult.ok(subject, text);
  }
}
