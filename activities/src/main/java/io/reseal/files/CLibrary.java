package io.reseal.files;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.Charset;
import java.nio.file.Path;

/** What is needed of the C library because the JDK does not offer it. */
interface CLibrary extends Library {

  /** Loaded when it is first needed. */
  CLibrary INSTANCE = Native.load("c", CLibrary.class);

  /** The character set in which the JDK exchanges names and texts with the library. */
  Charset CHARSET = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  int renameat2(int fromDir, byte[] from, int toDir, byte[] to, int flags)
      throws LastErrorException;

  int statvfs(byte[] path, Pointer result) throws LastErrorException;

  Pointer strerror(int number);

  /** A path as the library's functions take it. */
  static byte[] name(Path path) {
    return (path + "\0").getBytes(CHARSET);
  }
}
