package io.reseal.losses;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.List;

/** Amounts of money for people: in the unit that suits them, with four digits. */
public final class Fil {

  private static final int DECIMALS = 18;
  private static final MathContext DIGITS = new MathContext(4);

  private record Unit(int exponent, String name) {}

  private static final List<Unit> UNITS =
      List.of(
          new Unit(18, "FIL"),
          new Unit(15, "mFIL"),
          new Unit(12, "µFIL"),
          new Unit(9, "nFIL"),
          new Unit(6, "pFIL"),
          new Unit(3, "fFIL"),
          new Unit(0, "aFIL"));

  private Fil() {}

  /** An amount in attoFIL to its last digit, e.g. {@code 0.140200000000000001 FIL}. */
  public static String exact(BigInteger atto) {
    return new BigDecimal(atto, DECIMALS).stripTrailingZeros().toPlainString() + " FIL";
  }

  /** An amount in attoFIL, e.g. {@code 0.1402 FIL} or {@code 903.7 µFIL}. */
  public static String text(BigInteger atto) {
    if (atto.signum() == 0) {
      return "0 FIL";
    }
    BigDecimal rounded = new BigDecimal(atto).round(DIGITS);
    // A tenth of a FIL is still written in FIL.
    int magnitude = rounded.precision() - rounded.scale();
    Unit unit =
        magnitude >= DECIMALS
            ? UNITS.get(0)
            : UNITS.stream().filter(each -> magnitude > each.exponent()).findFirst().orElseThrow();
    return rounded.scaleByPowerOfTen(-unit.exponent()).stripTrailingZeros().toPlainString()
        + " "
        + unit.name();
  }
}
