package io.reseal.core;

/**
 * One GPU of this host.
 *
 * @param index its number in bus order, as {@code nvidia-smi} counts
 * @param uuid the driver's unique name of the device, {@code GPU-…}
 * @param name its model
 * @param memory bytes of its memory
 * @param compute its compute capability, e.g. {@code 8.6}
 * @param pci its PCI address, e.g. {@code 0000:41:00.0}
 */
public record Gpu(int index, String uuid, String name, long memory, String compute, String pci) {

  /** Whether this name, an index or a UUID, refers to this GPU. */
  public boolean isNamed(String given) {
    return given.equals(Integer.toString(index)) || given.equalsIgnoreCase(uuid);
  }

  /** For display: {@code GPU 0 (NVIDIA H100)}. */
  @Override
  public String toString() {
    return "GPU %d (%s)".formatted(index, name);
  }
}
