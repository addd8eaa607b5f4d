package io.reseal.core;

import java.util.Optional;

/** Loads the core in a process of its own and prints how that went. */
final class LoadCore {

  private LoadCore() {}

  public static void main(String[] arguments) {
    try {
      var unused = NativeCore.load(CoreFiles.find(Optional.empty(), System.getenv()));
      System.out.println("loaded");
    } catch (CoreNotFoundException e) {
      System.out.println(e.getMessage());
    }
  }
}
