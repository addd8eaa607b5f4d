package io.reseal.outage;

/** The HTTP header that names the server, which the downloads of pieces set themselves. */
public final class HostHeader {

  private HostHeader() {}

  /**
   * Lets the JDK's client send it. A program calls this first, since the client looks only once,
   * when it is first used.
   */
  public static void allow() {
    System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
  }
}
