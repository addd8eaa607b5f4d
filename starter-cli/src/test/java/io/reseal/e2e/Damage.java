package io.reseal.e2e;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What can happen to a file in scratch, which may vanish meanwhile. */
interface Damage {

  void to(Path file) throws IOException;

  /** One bit of the file, which one by this number. */
  static Damage bitFlipped(int number) {
    return file -> {
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        // With another bit an owner file could name another replica, which is a person's to judge.
        boolean isOwner = file.getParent().endsWith("reseal") && file.toString().endsWith(".json");
        long offset = isOwner ? 0 : Math.floorMod(number, Math.max(1, channel.size()));
        ByteBuffer one = ByteBuffer.allocate(1);
        if (channel.read(one, offset) == 1) {
          one.put(0, (byte) (one.get(0) ^ 1)).rewind();
          channel.write(one, offset);
        }
      }
    };
  }

  static void truncate(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / 2);
    }
  }

  static void extend(Path file) throws IOException {
    Files.write(file, new byte[] {0}, StandardOpenOption.APPEND);
  }

  static void makePipe(Path file) throws IOException {
    Files.delete(file);
    new ProcessBuilder("mkfifo", file.toString()).start().onExit().join();
  }

  static void makeDirectory(Path file) throws IOException {
    Files.delete(file);
    Files.createDirectory(file);
  }
}
