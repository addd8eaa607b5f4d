package io.reseal.pieces;

import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/**
 * A piece's bytes on their way from a source.
 *
 * @param place where they come from, for messages
 * @param body the bytes
 * @param start which byte of the piece the first of them is
 * @param total bytes of the whole, if the source states it
 * @param abort ends the transfer from another thread: a read that waits then fails
 */
record Transfer(String place, InputStream body, long start, OptionalLong total, Runnable abort)
    implements AutoCloseable {

  /** A transfer with nothing more to send. */
  static Transfer ofNothing(String place, long end) {
    return new Transfer(place, InputStream.nullInputStream(), end, OptionalLong.of(end), () -> {});
  }

  @Override
  public void close() throws IOException {
    body.close();
  }
}
