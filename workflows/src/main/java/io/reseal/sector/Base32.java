package io.reseal.sector;

import java.io.ByteArrayOutputStream;
import java.util.Locale;
import java.util.Optional;

/** The text form of CIDs: multibase {@code b}, lower-case base32 without padding. */
final class Base32 {

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

  private Base32() {}

  static String encode(byte[] bytes) {
    StringBuilder text = new StringBuilder("b");
    int buffer = 0;
    int bits = 0;
    for (byte b : bytes) {
      buffer = (buffer << 8) | (b & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(ALPHABET.charAt((buffer >> bits) & 31));
      }
      buffer &= (1 << bits) - 1;
    }
    if (bits > 0) {
      text.append(ALPHABET.charAt((buffer << (5 - bits)) & 31));
    }
    return text.toString();
  }

  /** The bytes of a text in either case; empty if it is no text of this form. */
  static Optional<byte[]> decode(String given) {
    String text = given.strip().toLowerCase(Locale.ROOT);
    if (!text.startsWith("b")) {
      return Optional.empty();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int buffer = 0;
    int bits = 0;
    for (char c : text.substring(1).toCharArray()) {
      int value = ALPHABET.indexOf(c);
      if (value < 0) {
        return Optional.empty();
      }
      buffer = (buffer << 5) | value;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes.write(buffer >> bits);
        buffer &= (1 << bits) - 1;
      }
    }
    return buffer == 0 && bits < 5 ? Optional.of(bytes.toByteArray()) : Optional.empty();
  }
}
