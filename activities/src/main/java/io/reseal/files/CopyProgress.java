package io.reseal.files;

/** Told how far a long copy is, from the thread that copies. */
public interface CopyProgress {

  /**
   * @param done bytes written and read back so far
   * @param total bytes to write and read back in all
   */
  void at(long done, long total);
}
