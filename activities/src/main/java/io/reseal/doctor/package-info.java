/** Checks everything that could stop a rebuild, before it does; changes nothing. */
package io.reseal.doctor;
