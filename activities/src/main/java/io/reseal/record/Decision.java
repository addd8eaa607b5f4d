package io.reseal.record;

/**
 * An operator's decision between sources that differ.
 *
 * @param fact which fact, by its name
 * @param source the source whose value counts
 * @param by who decided
 */
public record Decision(String fact, String source, String by) {}
