/** Measurements of Reseal, on an installation of their own. */
package io.reseal.bench;
