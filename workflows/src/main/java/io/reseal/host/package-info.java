/** Operators' commands to sealing hosts, as workflows. */
package io.reseal.host;
