package io.reseal.core;

/**
 * One GPU of this host.
 *
 * @param index its number, by its place on the bus, as {@code nvidia-smi} counts
 * @param uuid the driver's name for this very device, {@code GPU-…}
 * @param name its model
 * @param memory bytes of its memory
 * @param compute its compute capability, {@code 8.6} for one
 * @param pci its place on the bus, {@code 0000:41:00.0} for one
 */
public record Gpu(int index, String uuid, String name, long memory, String compute, String pci) {

  /** Whether an operator's word means it: its index or its UUID. */
  public boolean isNamed(String word) {
    return word.equals(Integer.toString(index)) || word.equalsIgnoreCase(uuid);
  }

  /** For people: {@code GPU 0 (NVIDIA H100)}. */
  @Override
  public String toString() {
    return "GPU %d (%s)".formatted(index, name);
  }
}
