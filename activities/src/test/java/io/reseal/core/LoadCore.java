package io.reseal.core;

/** Loads the core in a process of its own and prints how that went. */
final class LoadCore {

  private LoadCore() {}

  public static void main(String[] arguments) {
    try {
      NativeCore.load(CoreFiles.anywhere(System.getenv()));
      System.out.println("loaded");
    } catch (CoreNotFoundException e) {
      System.out.println(e.getMessage());
    }
  }
}
