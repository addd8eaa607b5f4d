package io.reseal.core;

/** Loads the core in a process of its own, as often as is asked for, and prints how that went. */
final class LoadCore {

  private LoadCore() {}

  public static void main(String[] arguments) {
    for (int attempt = 0; attempt < Integer.parseInt(arguments[0]); attempt++) {
      try {
        NativeCore.load(CoreFiles.anywhere(System.getenv()));
        System.out.println("loaded");
      } catch (CoreNotFoundException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
