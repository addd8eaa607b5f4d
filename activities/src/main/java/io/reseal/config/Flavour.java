package io.reseal.config;

import io.reseal.sector.NamedValues;
import java.util.Locale;
import java.util.Optional;

/** A build of the native core, each in a directory of its name. */
public enum Flavour {
  /** NVIDIA's GPUs, with seal proofs by SupraSeal. */
  CUDA_SUPRASEAL(true),
  /** NVIDIA's GPUs. */
  CUDA(true),
  /** GPUs through OpenCL, which compiles its kernels at each start. */
  OPENCL(true),
  /** No GPU. */
  CPU(false),
  /** No GPU; the proofs library can label on several cores, which Reseal's own code does anyway. */
  MULTICORE_SDR(false);

  /** Leaves the choice to the worker. */
  private static final String AUTO = "auto";

  private final boolean onGpu;

  Flavour(boolean onGpu) {
    this.onGpu = onGpu;
  }

  /** Whether it computes trees and seal proofs on GPUs. */
  public boolean onGpu() {
    return onGpu;
  }

  /** The flavour that a configuration file names; empty for {@code auto}. */
  static Optional<Flavour> choice(String text) {
    return text.equals(AUTO)
        ? Optional.empty()
        : Optional.of(NamedValues.require(values(), text, "a flavour (or auto)"));
  }

  /** As written by its directory, configuration files and the core, {@code cuda-supraseal}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
