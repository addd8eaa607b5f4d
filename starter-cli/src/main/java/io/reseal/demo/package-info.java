/** The demo: seals sectors, loses them and rebuilds them. */
package io.reseal.demo;
