package io.reseal.losses;

import java.math.BigInteger;
import java.util.List;
import java.util.stream.Stream;

/**
 * The natural logarithm as the chain calculates it: of a fixed-point number with 128 bits after the
 * point, by a ratio of two polynomials.
 */
final class FixedLogarithm {

  private static final BigInteger OF_TWO =
      new BigInteger("235865763225513294137944142764154484399");

  /** Coefficients, that of the highest power first. */
  private static final List<BigInteger> DIVIDEND =
      numbers(
          "261417938209272870992496419296200268025",
          "7266615505142943436908456158054846846897",
          "32458783941900493142649393804518050491988",
          "17078670566130897220338060387082146864806",
          "-35150353308172866634071793531642638290419",
          "-20351202052858059355702509232125230498980",
          "-1563932590352680681114104005183375350999");

  private static final List<BigInteger> DIVISOR =
      numbers(
          "49928077726659937662124949977867279384",
          "2508163877009111928787629628566491583994",
          "21757751789594546643737445330202599887121",
          "53400635271583923415775576342898617051826",
          "41248834748603606604000911015235164348839",
          "9015227820322455780436733526367238305537",
          "340282366920938463463374607431768211456");

  private FixedLogarithm() {}

  /**
   * The logarithm of a number above 0.
   *
   * @throws IllegalArgumentException if it is not
   */
  static BigInteger of(BigInteger number) {
    if (number.signum() <= 0) {
      throw new IllegalArgumentException("There is no logarithm of " + number);
    }
    int exponent = number.bitLength() - 1 - Smoothed.PRECISION;
    BigInteger between1And2 = number.shiftRight(exponent);
    return BigInteger.valueOf(exponent)
        .multiply(OF_TWO)
        .add(
            NetworkEstimates.floorDivide(
                polynomial(DIVIDEND, between1And2).shiftLeft(Smoothed.PRECISION),
                polynomial(DIVISOR, between1And2)));
  }

  private static BigInteger polynomial(List<BigInteger> coefficients, BigInteger at) {
    return coefficients.stream()
        .reduce((sum, next) -> sum.multiply(at).shiftRight(Smoothed.PRECISION).add(next))
        .orElseThrow();
  }

  private static List<BigInteger> numbers(String... texts) {
    return Stream.of(texts).map(BigInteger::new).toList();
  }
}
