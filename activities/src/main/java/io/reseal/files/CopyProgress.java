package io.reseal.files;

/** Receives the progress of a long copy, on the thread that copies. */
public interface CopyProgress {

  /**
   * @param done bytes written and read back so far
   * @param total bytes to write and read back in all
   */
  void at(long done, long total);
}
