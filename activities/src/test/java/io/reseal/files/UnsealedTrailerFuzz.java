package io.reseal.files;

import io.reseal.fuzz.Fuzzed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Fuzz target: the list of runs at the end of an unsealed file. */
public final class UnsealedTrailerFuzz {

  private UnsealedTrailerFuzz() {}

  /** Takes one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(new byte[2048]);
    content.writeBytes(input);
    content.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(input.length).array());
    Path whole = Fuzzed.file("unsealed", content.toByteArray());
    Fuzzed.parse(() -> UnsealedTrailer.covers(whole, 0, 2048), IOException.class);
    Path bare = Fuzzed.file("bare", input);
    Fuzzed.parse(() -> UnsealedTrailer.covers(bare, 128, 128), IOException.class);
  }
}
