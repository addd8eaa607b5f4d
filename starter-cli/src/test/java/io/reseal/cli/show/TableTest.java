package io.reseal.cli.show;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Tables for people. */
class TableTest {

  /** Fails when columns are cut, wrapped or padded differently, or a null is left blank. */
  @Test
  void columnsAreAsWideAsNeededAndTwoSpacesApart() {
    Table table = new Table("Index", "Loc", "State", "LastErr");
    table.add(0, "/a", "Empty", null);
    table.add(
        10,
        "/a/very/long/location/that/no/terminal/has/room/for/in/one/line/of/80",
        "PC1Done",
        "no space\nleft");

    assertThat(table.toString().lines())
        .containsExactly(
            "Index  Loc                                                                    State    LastErr",
            "0      /a                                                                     Empty    NULL",
            "10     /a/very/long/location/that/no/terminal/has/room/for/in/one/line/of/80  PC1Done  no space left");
  }
}
