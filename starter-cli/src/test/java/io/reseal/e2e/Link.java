package io.reseal.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/** A host's way to a server, passed through by all of its connections, that can fail. */
final class Link implements AutoCloseable {

  /** How long each piece of data takes on a slow link. */
  private static final long SLOW_MILLIS = 150;

  private enum State {
    OPEN,
    /** Data waits, and so does whoever expects it. */
    CUT,
    SLOW,
    /** Connections are closed, and new ones too. */
    REFUSING
  }

  private final ServerSocket entry;
  private final InetSocketAddress server;
  private State state = State.OPEN;

  /** A link to a server on this machine, beginning at one of this machine's addresses. */
  Link(InetAddress here, int serverPort) {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
    try {
      this.entry = new ServerSocket(0, 50, here);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::accept);
  }

  /** Where it begins: address and port. */
  String entry() {
    return entry.getInetAddress().getHostAddress() + ":" + entry.getLocalPort();
  }

  void open() {
    change(State.OPEN);
  }

  void cut() {
    change(State.CUT);
  }

  void slow() {
    change(State.SLOW);
  }

  void refuse() {
    change(State.REFUSING);
  }

  private synchronized void change(State next) {
    state = next;
    notifyAll();
  }

  /** Waits while the link is cut; false if it refuses. */
  private synchronized boolean passable() throws InterruptedException {
    long slowUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SLOW_MILLIS);
    while (state == State.CUT || (state == State.SLOW && System.nanoTime() < slowUntil)) {
      wait(SLOW_MILLIS);
    }
    return state != State.REFUSING;
  }

  private void accept() throws IOException {
    while (!entry.isClosed()) {
      Socket client = entry.accept();
      start(() -> connect(client));
    }
  }

  private void connect(Socket client) throws IOException, InterruptedException {
    try (client;
        Socket out = new Socket()) {
      if (passable()) {
        out.connect(server);
        client.setTcpNoDelay(true);
        out.setTcpNoDelay(true);
        start(() -> pass(out, client));
        pass(client, out);
      }
    }
  }

  private void pass(Socket from, Socket to) throws IOException, InterruptedException {
    byte[] buffer = new byte[1 << 16];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int read = in.read(buffer);
      while (read >= 0 && passable()) {
        out.write(buffer, 0, read);
        read = in.read(buffer);
      }
    }
  }

  /** What a connection does until one of its ends is closed. */
  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // One end has closed the connection.
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "link");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    refuse();
    try {
      entry.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
