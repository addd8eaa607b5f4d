package io.reseal.core;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The environment variables that a stage process inherits from the worker. Everything else stays
 * with the worker, above all the passwords and tokens that it may have been given this way.
 */
final class StageEnvironment {

  private static final Set<String> NAMES =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "LANG",
          "LANGUAGE",
          "TZ",
          "TMPDIR",
          "XDG_CACHE_HOME",
          "LD_LIBRARY_PATH",
          "LD_PRELOAD",
          "RESEAL_CPU_WITHOUT");

  /** Settings of the proofs library, its GPU code, drivers, and the runtime of the core. */
  private static final List<String> PREFIXES =
      List.of(
          "LC_",
          "FIL_PROOFS_",
          "BELLMAN_",
          "NEPTUNE_",
          "EC_GPU_",
          "RUST_",
          "RAYON_",
          "MALLOC_",
          "CUDA_",
          "NVIDIA_",
          "OCL_",
          "OPENCL_",
          "POCL_",
          "RESEAL_STUB_");

  private StageEnvironment() {}

  static Map<String, String> inherited(Map<String, String> worker) {
    Map<String, String> kept = new TreeMap<>(worker);
    kept.keySet().removeIf(name -> !isInherited(name));
    return kept;
  }

  private static boolean isInherited(String name) {
    return NAMES.contains(name) || PREFIXES.stream().anyMatch(name::startsWith);
  }
}
