package io.reseal.systemd;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Datagrams to sockets of this machine, which the JDK does not offer. */
final class DatagramSocket {

  /** What is needed of the C library. */
  interface CLibrary extends Library {

    /** Loaded when it is first needed. */
    CLibrary INSTANCE = Native.load("c", CLibrary.class);

    int socket(int domain, int type, int protocol) throws LastErrorException;

    long sendto(int socket, byte[] message, long length, int flags, byte[] address, int size)
        throws LastErrorException;

    int close(int file) throws LastErrorException;
  }

  static final short AF_UNIX = 1;
  static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_NOSIGNAL = 0x4000;

  private DatagramSocket() {}

  /** Sends one message to the socket that has the given name. */
  static void send(byte[] name, byte[] message) {
    byte[] address = address(name);
    int socket = CLibrary.INSTANCE.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    try {
      CLibrary.INSTANCE.sendto(
          socket, message, message.length, MSG_NOSIGNAL, address, address.length);
    } finally {
      CLibrary.INSTANCE.close(socket);
    }
  }

  /** The system's {@code struct sockaddr_un}. */
  static byte[] address(byte[] name) {
    return ByteBuffer.allocate(Short.BYTES + name.length)
        .order(ByteOrder.nativeOrder())
        .putShort(AF_UNIX)
        .put(name)
        .array();
  }
}
